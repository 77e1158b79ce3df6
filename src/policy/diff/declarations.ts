import { symbols } from '../info/counts.ts'
import { sections } from '../info/sections.ts'
import { byCodePoint, nameIn } from '../names.ts'
import { holds } from '../../model/boolean-expression.ts'
import { booleansOf } from '../condition.ts'
import type { Condition, Policy } from '../policy.ts'
import { ruleText } from '../rule.ts'
import { foundRules } from '../search/lines.ts'
import { rangeRuleText, searchRangeTransitions } from '../search/range-rules.ts'
import { roleRuleText, searchRoleRules } from '../search/role-rules.ts'
import { searchRules } from '../search/search.ts'
import type { Pair, Side } from './pair.ts'

/** Something that only one side declares. */
export interface Came {
  readonly change: 'removed' | 'added'
  readonly name: string
}

/** A boolean in another state, and how many conditional rules hold, or no longer hold, because of it. */
export interface Switched {
  readonly change: 'on' | 'off'
  readonly name: string
  readonly rulesOn: number
  readonly rulesOff: number
}

/** What is declared differently: one line each, never the rules of a type that came or went. */
export interface DeclarationChanges {
  readonly booleans: readonly (Came | Switched)[]
  readonly permissive: readonly Came[]
  readonly types: readonly Came[]
  readonly classes: readonly Came[]
  /** All other statements and rules: constraints, roles, ranges, extended permissions, contexts. */
  readonly statements: readonly Came[]
}

export const declarationChanges = (pair: Pair): DeclarationChanges => {
  const { left, right } = pair
  const [before, after] = [left.policy, right.policy]
  const types = came(typeNames(before), typeNames(after))
  const changed = new Set(types.map(({ name }) => name))
  return {
    booleans: [...came(booleanNames(before), booleanNames(after)), ...switched(pair)],
    permissive: came(permissiveNames(before), permissiveNames(after)),
    types,
    classes: came(permissionNames(before), permissionNames(after)),
    statements: came(statements(pair, left), statements(pair, right)).filter(
      ({ name }) => !name.split(/[^\w.$@-]+/).some(word => changed.has(word)),
    ),
  }
}

const came = (before: readonly string[], after: readonly string[]): Came[] => {
  const [left, right] = [new Set(before), new Set(after)]
  return [
    ...[...left].filter(name => !right.has(name)).map(name => ({ change: 'removed', name }) as const),
    ...[...right].filter(name => !left.has(name)).map(name => ({ change: 'added', name }) as const),
  ].toSorted((a, b) => byCodePoint(b.change, a.change) || byCodePoint(a.name, b.name))
}

const booleanNames = ({ booleans }: Policy): string[] => symbols(booleans).map(({ name }) => name)

const switched = ({ left, right, spend }: Pair): readonly Switched[] =>
  symbols(left.policy.booleans).flatMap(({ name, state }) => {
    const after = right.policy
    const now = after.booleans.byName.get(name)
    if (now === undefined || now.state === state) return []
    spend(after.rules.count + after.conditions.length)
    return [{ change: now.state ? 'on' : 'off', name, ...rulesSwitchedBy(after, now.value) } as const]
  })

// The rules of the policy after, with this one boolean as it was and as it is.
const rulesSwitchedBy = ({ booleans, conditions, rules }: Policy, boolean: number) => {
  const holdsWith = (condition: Condition, isTurned: boolean): boolean | undefined =>
    holds(condition, value => (booleans.byValue[value]?.state ?? false) !== (isTurned && value === boolean))
  const changed = conditions.map(condition =>
    booleansOf(condition).has(boolean) && holdsWith(condition, true) !== holdsWith(condition, false)
      ? holdsWith(condition, false)
      : undefined,
  )
  let [rulesOn, rulesOff] = [0, 0]
  for (let rule = 0; rule < rules.count; rule += 1) {
    const at = rules.condition[rule] ?? -1
    const isTrue = at < 0 ? undefined : changed[at >> 1]
    if (isTrue === undefined) continue
    if (isTrue === ((at & 1) === 0)) rulesOn += 1
    else rulesOff += 1
  }
  return { rulesOn, rulesOff }
}

const permissiveNames = ({ permissive, types }: Policy): string[] =>
  Array.from(permissive, value => nameIn(types, value))

// Aliases count: a type that was renamed and kept its old name is not gone.
const typeNames = ({ types }: Policy): string[] => [
  ...symbols(types)
    .filter(one => !one.isAttribute)
    .map(({ name }) => name),
  ...types.aliases.map(({ name }) => name),
]

const permissionNames = ({ classes }: Policy): string[] =>
  symbols(classes).flatMap(({ name, permissions }) => [
    name,
    ...permissions.flatMap(one => (one === undefined ? [] : [`${name}:${one}`])),
  ])

const statements = (pair: Pair, { policy, typeId }: Side): string[] => [
  `unknown classes and permissions: ${policy.handleUnknown}`,
  ...sections
    .filter(({ option }) => compared.has(option))
    .flatMap(section => section.statements(policy).map(({ statement }) => statement.trim())),
  // one by one: a role has thousands of types, and a new one is no change of the others
  ...symbols(policy.roles).flatMap(({ name, types }) =>
    Array.from(types, value => `role ${name} types ${pair.typeName(typeId[value] ?? 0)};`),
  ),
  ...searchRoleRules(policy, { kinds: ['allow', 'role_transition'] }).map(roleRuleText),
  ...searchRangeTransitions(policy, {}).map(rangeRuleText),
  ...foundRules(policy, searchRules(policy, { kinds: otherRules })).map(ruleText),
]

// The sections that nothing else here compares.
const compared = new Set([
  'constrain',
  'validatetrans',
  'default',
  'fs_use',
  'genfscon',
  'ibendportcon',
  'ibpkeycon',
  'initialsid',
  'netifcon',
  'nodecon',
  'polcap',
  'portcon',
  'typebounds',
  'user',
])

const otherRules = ['allowxperm', 'auditallowxperm', 'dontauditxperm', 'type_change', 'type_member'] as const
