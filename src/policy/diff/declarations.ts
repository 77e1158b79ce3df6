import type { Came, ListedItem, PolicyItem, Switched } from '../../model/policy-item.ts'
import { holds } from '../../model/boolean-expression.ts'
import { booleansOf } from '../condition.ts'
import { symbols } from '../info/counts.ts'
import { byCodePoint, nameIn } from '../names.ts'
import type { Condition, Policy } from '../policy.ts'
import type { Pair } from './pair.ts'
import { roleItems } from './roles.ts'
import { statementItems } from './statements.ts'

/** What is declared differently: a line each, never the rules of a type that came or went. */
export const declarationItems = (pair: Pair): readonly PolicyItem[] => {
  const [before, after] = [pair.left.policy, pair.right.policy]
  const types = came(typeNames(before), typeNames(after))
  const isOfThese = isAbout(new Set(types.map(({ name }) => name)))
  return [
    ...came(booleanNames(before), booleanNames(after)).map(one => ({ kind: 'boolean', ...one }) as const),
    ...switched(pair).map(one => ({ kind: 'boolean', ...one }) as const),
    ...came(namesOf(before, before.permissive), namesOf(after, after.permissive)).map(
      one => ({ kind: 'permissive', ...one }) as const,
    ),
    ...came(namesOf(before, before.neverAudited), namesOf(after, after.neverAudited)).map(
      one => ({ kind: 'never-audited', ...one }) as const,
    ),
    ...listed('types', types),
    ...listed('classes', came(permissionNames(before), permissionNames(after))),
    ...levels(before, after),
    ...roleItems(pair),
    ...statementItems(pair).filter(item => !isOfThese(item.change === 'changed' ? item.about : item.text)),
  ]
}

const came = (before: readonly string[], after: readonly string[]): Came[] => {
  const [left, right] = [new Set(before), new Set(after)]
  return [
    ...[...left].filter(name => !right.has(name)).map(name => ({ change: 'removed', name }) as const),
    ...[...right].filter(name => !left.has(name)).map(name => ({ change: 'added', name }) as const),
  ].toSorted((a, b) => byCodePoint(b.change, a.change) || byCodePoint(a.name, b.name))
}

// What a statement says of a type that came or went is part of that.
const isAbout =
  (names: ReadonlySet<string>) =>
  (text: string): boolean =>
    names.size > 0 && text.split(/[^\w.$@-]+/).some(word => names.has(word))

const listed = (kind: ListedItem['kind'], all: readonly Came[]): readonly ListedItem[] =>
  (['removed', 'added'] as const).flatMap(change => {
    const names = all.filter(each => each.change === change).map(({ name }) => name)
    if (names.length === 0) return []
    const family = familyOf(names)
    return [{ kind, change, listed: { names, count: names.length }, ...(family ? { family } : {}) }]
  })

// container_t, container_file_t: what a module declares mostly begins alike.
const familyOf = (names: readonly string[]): ListedItem['family'] => {
  const counts = new Map<string, number>()
  for (const name of names) {
    const word = name.split('_')[0] ?? ''
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const [word, count] = [...counts].toSorted((a, b) => b[1] - a[1] || byCodePoint(a[0], b[0]))[0] ?? ['', 0]
  return count > 1 ? { word, count } : undefined
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

const namesOf = ({ types }: Policy, values: Uint16Array): string[] =>
  Array.from(values, value => nameIn(types, value))

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

const levels = (before: Policy, after: Policy): readonly PolicyItem[] =>
  levelNames(before) === levelNames(after)
    ? []
    : [{ kind: 'levels', before: levelCounts(before), after: levelCounts(after) }]

const levelNames = ({ sensitivities, categories }: Policy): string =>
  JSON.stringify([symbols(sensitivities), symbols(categories)].map(all => all.map(({ name }) => name)))

const levelCounts = ({ sensitivities, categories }: Policy) => ({
  sensitivities: symbols(sensitivities).length,
  categories: symbols(categories).length,
})
