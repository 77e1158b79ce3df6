import type { Audit } from '../model/audit.ts'
import type { RollBackAdvice } from '../model/roll-back.ts'
import { addendumRules } from './addendum.ts'
import { linesOf } from './lines.ts'
import { ownRemedies } from './own-remedies.ts'
import type { Problem } from './problems.ts'

/** What to do about a problem, the best first; a later step only where an earlier one cannot be taken. */
export interface Ladder {
  readonly rollBack: readonly RollBackAdvice[]
  /** What is left to do once the cause is taken back. */
  readonly afterwards?: string
  /** What to do about the very findings. */
  readonly own: readonly { readonly remedy: string; readonly nodes: readonly string[] }[]
  readonly remedy?: string
  /** The second choice: rules that would allow what is refused; how many of them were left out as too broad. */
  readonly addendum?: { readonly rules: number; readonly tooBroad: number }
  /** The last resort: a domain whose denials would only be logged. */
  readonly permissive: readonly string[]
  /** What must not be done. */
  readonly avoid?: string
}

export const ladderOf = (problem: Problem, audit: Audit): Ladder => {
  const { check } = problem
  const isRefused = [check, ...problem.consequences.map(one => one.check)].some(({ reads }) =>
    reads.includes('denials'),
  )
  const failing = new Set(problem.nodes)
  const rules = isRefused ? addendumRules({ nodes: audit.nodes.filter(({ name }) => failing.has(name)) }) : []
  const tooBroad = rules.filter(one => one.isTooBroad).length
  return {
    rollBack: linesOf(problem, audit).rollBack,
    ...(check.afterwards === undefined ? {} : { afterwards: check.afterwards }),
    own: ownRemedies(problem, audit),
    ...(check.remedy === undefined ? {} : { remedy: check.remedy }),
    ...(rules.length > 0 ? { addendum: { rules: rules.length - tooBroad, tooBroad } } : {}),
    permissive: [...new Set(rules.map(({ source }) => source))].toSorted().slice(0, mostDomains),
    ...(check.avoid === undefined ? {} : { avoid: check.avoid }),
  }
}

const mostDomains = 3
