import { byCodePoint, nameIn, rangeText } from '../names.ts'
import type { Policy } from '../policy.ts'
import { classesThatFit, typesThatFit, type ClassCriterion, type Criterion } from './criterion.ts'

/** Range transitions wanted. `range` is compared as text, in the policy’s own spelling. */
export interface RangeSearch {
  readonly source?: Criterion | undefined
  readonly target?: Criterion | undefined
  readonly classes?: ClassCriterion | undefined
  readonly range?: string | undefined
}

/** A range transition in names. */
export interface RangeRule {
  readonly rule: 'range_transition'
  readonly source: string
  readonly target: string
  readonly class: string
  readonly default: string
}

/** The line that sesearch prints. */
export const rangeRuleText = (one: RangeRule): string =>
  `range_transition ${one.source} ${one.target}:${one.class} ${one.default};`

/** Range transitions as sesearch finds them, sorted by their lines. */
export const searchRangeTransitions = (policy: Policy, search: RangeSearch): readonly RangeRule[] => {
  const source = search.source && typesThatFit(policy, search.source)
  const target = search.target && typesThatFit(policy, search.target)
  const classes = search.classes && classesThatFit(policy, search.classes)
  return policy.rangeTransitions
    .filter(one => (!source || source[one.source] === 1) && (!target || target[one.target] === 1))
    .filter(one => !classes || classes[one.class] === 1)
    .map(
      one =>
        ({
          rule: 'range_transition',
          source: nameIn(policy.types, one.source),
          target: nameIn(policy.types, one.target),
          class: nameIn(policy.classes, one.class),
          default: rangeText(policy, one.range),
        }) as const,
    )
    .filter(one => search.range === undefined || one.default === search.range)
    .toSorted((a, b) => byCodePoint(rangeRuleText(a), rangeRuleText(b)))
}
