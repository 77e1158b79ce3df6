import type { ReadAsk } from '../model/ask.ts'
import type { Check, Expression, Knowledge } from '../model/check.ts'
import { bySeverity } from '../model/severity.ts'
import { judge } from './expression.ts'
import type { DenialsParams } from './kinds/denials.ts'

/**
 * The requirement of a check with what it leaves to others on this node: a denial is told once, and by somebody. A check that is not
 * asked tells nothing, nor does one that does not certainly apply here; one that weighs less must not make light of it.
 */
export const leavingToOthers = (
  { requirement, severity }: Pick<Check, 'requirement' | 'severity'>,
  asked: readonly Check[],
  read: ReadAsk,
  knowledge: Knowledge,
): Expression => {
  const within = (expression: Expression): Expression => {
    if ('not' in expression) return { not: within(expression.not) }
    if ('all' in expression) return { all: expression.all.map(within) }
    if ('any' in expression) return { any: expression.any.map(within) }
    const params = denialsIn(expression)
    if (!params?.leavesTo) return expression
    const { leavesTo } = params
    const left = asked.flatMap(other => {
      const told = leavesTo.includes(other.id) ? denialsIn(other.requirement) : undefined
      const mayTell =
        told &&
        // Two that leave it to each other would both be silent.
        told.leavesTo === undefined &&
        bySeverity(other.severity, severity) <= 0
      const guard = mayTell && other.when ? judge(other.when, read, knowledge) : undefined
      if (!mayTell || guard?.status === 'fail' || guard?.status === 'not-applicable') return []
      const unsure = guard?.status === 'unknown' ? { unsure: guard.reason } : {}
      return [{ check: other.id, params: told, ...unsure }]
    })
    return { ...expression, params: { ...params, left } satisfies DenialsParams }
  }
  return within(requirement)
}

const denialsIn = (expression: Expression): DenialsParams | undefined =>
  'kind' in expression && expression.kind === 'denials'
    ? (expression.params as DenialsParams) // the kind's own schema
    : undefined
