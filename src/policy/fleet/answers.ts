import type { Ask, PolicyAsk, ProbeValues } from '../../model/ask.ts'
import type { AllowRule, PolicyAnswer, PolicyNoun, RuleCondition, TransitionRule } from '../../model/facts.ts'
import { read, unreadable, type Reading } from '../../model/reading.ts'
import type { Named, Policy, Table } from '../policy.ts'
import { ruleAt, ruleText } from '../rule.ts'
import { searchRules, type RuleSearch } from '../search/search.ts'

/** More rules than this answer no question of ours: a policy that was made to be a burden. */
const mostValues = 20_000

/** What a policy answers to a question, as the node's own tool would; `how` names the policy. */
export const answerFrom = (
  policy: Policy,
  ask: PolicyAsk,
  how: string,
): Reading<ProbeValues[PolicyAsk['probe']]> => {
  const answer = answerOf(policy, ask)
  if (answer.state === 'known' && answer.values.length > mostValues)
    return unreadable('nonsense', `the policy has more than ${mostValues} rules on this question`)
  return read(answer, how)
}

const answerOf = (policy: Policy, ask: PolicyAsk): ProbeValues[PolicyAsk['probe']] => {
  switch (ask.probe) {
    case 'allow':
      return allowed(policy, ask.params)
    case 'transition':
      return transitions(policy, ask.params)
    case 'attribute':
      return members(policy, ask.params.attribute)
    case 'permissive-types':
      return { state: 'known', values: [...policy.permissive].flatMap(value => namesOf(policy, value)) }
    default:
      return ask satisfies never
  }
}

const allowed = (policy: Policy, wanted: Ask<'allow'>['params']): PolicyAnswer<AllowRule> => {
  const { source, class: className, permissions } = wanted
  const target = wanted.target === 'self' ? source : wanted.target
  const unknown =
    unknownIn(policy.types, 'type', [...(target === undefined ? [] : [target]), source]) ??
    unknownIn(policy.classes, 'class', [className])
  if (unknown) return unknown
  const known = policy.classes.byName.get(className)?.permissions ?? []
  const missing = permissions.find(name => !known.includes(name))
  if (missing !== undefined) return { state: 'unknown-name', what: 'permission', name: missing }
  const typesOf = target === undefined ? typesBehind(policy) : undefined
  const values = found(policy, {
    kinds: ['allow'],
    source: { name: source, match: 'indirect' },
    ...(target === undefined ? {} : { target: { name: target, match: 'indirect' } as const }),
    classes: { names: [className] },
    permissions: { names: permissions, match: 'any' },
  }).map(index => {
    const rule = ruleAt(policy, index)
    const given = 'permissions' in rule.gives ? rule.gives.permissions : []
    return {
      source: rule.source,
      target: rule.target,
      class: rule.class,
      permissions: given,
      text: ruleText(rule),
      ...conditionOf(policy, index),
      ...(typesOf ? { targets: typesOf(policy.rules.target[index] ?? 0) } : {}),
    }
  })
  return { state: 'known', values }
}

// Rules on one attribute share the list of its members.
const typesBehind = (policy: Policy): ((value: number) => readonly string[]) => {
  const known = new Map<number, readonly string[]>()
  return value => {
    const told =
      known.get(value) ??
      (policy.types.byValue[value]?.isAttribute
        ? [...(policy.membersOf[value] ?? [])].flatMap(one => namesOf(policy, one))
        : namesOf(policy, value))
    known.set(value, told)
    return told
  }
}

// Without those that ask for the name of a file: an exec has none.
const transitions = (
  policy: Policy,
  { source, class: className }: Ask<'transition'>['params'],
): PolicyAnswer<TransitionRule> => {
  const unknown = unknownIn(policy.types, 'type', [source]) ?? unknownIn(policy.classes, 'class', [className])
  if (unknown) return unknown
  const values = found(policy, {
    kinds: ['type_transition'],
    source: { name: source, match: 'indirect' },
    classes: { names: [className] },
  }).flatMap(index => {
    const rule = ruleAt(policy, index)
    const base = {
      source: rule.source,
      class: rule.class,
      text: ruleText(rule),
      ...conditionOf(policy, index),
    }
    // Whoever asks may know a type by its other name.
    return namesOf(policy, policy.rules.target[index] ?? 0).flatMap(target =>
      namesOf(policy, policy.rules.datum[index] ?? 0).map(to => ({ ...base, target, to })),
    )
  })
  return { state: 'known', values }
}

const members = (policy: Policy, attribute: string): PolicyAnswer<string> => {
  const one = policy.types.byName.get(attribute)
  if (!one?.isAttribute) return { state: 'unknown-name', what: 'attribute', name: attribute }
  const values = [...(policy.membersOf[one.value] ?? [])].flatMap(value => namesOf(policy, value))
  return { state: 'known', values }
}

const found = (policy: Policy, search: RuleSearch): readonly number[] => searchRules(policy, search).rules

const unknownIn = (
  table: Table<Named>,
  what: PolicyNoun,
  names: readonly string[],
): Extract<PolicyAnswer<never>, { state: 'unknown-name' }> | undefined => {
  const name = names.find(one => !table.byName.has(one))
  return name === undefined ? undefined : { state: 'unknown-name', what, name }
}

// A type's name, then its aliases.
const namesOf = ({ types }: Policy, value: number): readonly string[] => [
  types.byValue[value]?.name ?? '',
  ...types.aliases.filter(one => one.value === value).map(({ name }) => name),
]

const conditionOf = (policy: Policy, rule: number): { readonly condition?: RuleCondition } => {
  const at = policy.rules.condition[rule] ?? -1
  if (at < 0) return {}
  const expression = (policy.conditions[at >> 1] ?? []).map(one =>
    one.node === 'boolean' ? { ...one, value: policy.booleans.byValue[one.value]?.name ?? '' } : one,
  )
  return { condition: { expression, branch: (at & 1) === 0 } }
}
