import type { Audit } from '../model/audit.ts'
import type { RollBackAdvice } from '../model/roll-back.ts'
import { addendumRules } from './addendum.ts'
import { linesOf } from './lines.ts'
import { remediesOf, type Problem } from './problems.ts'

/** What to do about a problem, the best first; a later step only where an earlier one cannot be taken. */
export interface Ladder {
  readonly rollBack: readonly RollBackAdvice[]
  /** What is left to do once the cause is taken back. */
  readonly afterwards?: string
  /** What to do about the very findings, or in general. */
  readonly remedies: readonly string[]
  /** The second choice: rules that would allow what is refused; and how many are shown only, with the reason. */
  readonly addendum?: { readonly rules: number; readonly withheld: number }
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
  const withheld = rules.filter(one => !one.isLive).length
  return {
    rollBack: linesOf(problem, audit).rollBack,
    ...(check.afterwards === undefined ? {} : { afterwards: check.afterwards }),
    remedies: remediesOf(problem.findings, check),
    ...(rules.length > 0 ? { addendum: { rules: rules.length - withheld, withheld } } : {}),
    permissive: [...new Set(rules.filter(({ isLive }) => isLive).map(({ source }) => source))]
      .toSorted()
      .slice(0, mostDomains),
    ...(check.avoid === undefined ? {} : { avoid: check.avoid }),
  }
}

const mostDomains = 3
