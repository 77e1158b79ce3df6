import { byCodePoint } from '../names.ts'
import { nameTransitionAt } from '../name-transitions.ts'
import type { Policy } from '../policy.ts'
import { nameTransitionRule, ruleAt, ruleText, type Rule } from '../rule.ts'
import type { Found } from './search.ts'

/** What was found, in names, sorted by the text of the line; lines that are equal stay. */
export const foundRules = (policy: Policy, { rules, nameTransitions }: Found): readonly Rule[] =>
  [
    ...rules.map(index => ruleAt(policy, index)),
    ...nameTransitions.flatMap(({ index, sources }) => {
      const one = nameTransitionAt(policy.nameTransitions, index)
      return one ? sources.map(source => nameTransitionRule(policy, one, source)) : []
    }),
  ]
    .map(rule => ({ rule, text: ruleText(rule) }))
    .toSorted((left, right) => byCodePoint(left.text, right.text))
    .map(({ rule }) => rule)
