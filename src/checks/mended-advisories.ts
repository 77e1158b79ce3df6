import type { ReadAsk } from '../model/ask.ts'
import type { Check, Expression, Knowledge } from '../model/check.ts'
import { judge } from './expression.ts'
import type { AdvisoryParams } from './kinds/advisory.ts'

/**
 * A condition with what other checks say of known bad versions: where the check of what a version breaks certainly passes, something on
 * the node mends it already. One that is not asked, or does not certainly apply, says nothing.
 */
export const knowingWhatPasses = (
  expression: Expression,
  asked: readonly Check[],
  read: ReadAsk,
  knowledge: Knowledge,
): Expression => {
  if ('not' in expression) return { not: knowingWhatPasses(expression.not, asked, read, knowledge) }
  if ('all' in expression)
    return { all: expression.all.map(one => knowingWhatPasses(one, asked, read, knowledge)) }
  if ('any' in expression)
    return { any: expression.any.map(one => knowingWhatPasses(one, asked, read, knowledge)) }
  if (expression.kind !== 'advisory') return expression
  const params = expression.params as AdvisoryParams // the kind's own schema
  if (params.mended === undefined) return expression
  const shown = new Set(knowledge.advisories.flatMap(({ shownBy }) => shownBy ?? []))
  const passing = asked
    .filter(({ id }) => shown.has(id))
    .filter(({ when, requirement }) =>
      [when, requirement].every(one => one === undefined || judge(one, read, knowledge).status === 'pass'),
    )
    .map(({ id }) => id)
  return { ...expression, params: { ...params, passing } satisfies AdvisoryParams }
}
