import { holds } from '../../../src/model/boolean-expression.ts'
import { booleansOf, conditionText } from '../../../src/policy/condition.ts'
import { symbols } from '../../../src/policy/info/counts.ts'
import { nameIn } from '../../../src/policy/names.ts'
import type { Condition, Policy } from '../../../src/policy/policy.ts'
import { foundRules } from '../../../src/policy/search/lines.ts'
import { searchRules } from '../../../src/policy/search/search.ts'
import { ruleAt } from '../../../src/policy/rule.ts'
import type { Facts, Table, Ways } from './facts.ts'

/** The same facts by our own search, which other tests hold against sesearch: a whole distribution’s policy takes setools too long. */
export const searchedFacts = (policy: Policy): Facts => ({
  isWhole: false,
  direct: lazy(key => given(policy, key, 'direct')),
  effective: lazy(key => given(policy, key, 'indirect')),
  transitions: lazy(key => leading(policy, key)),
  conditions: Object.fromEntries(
    policy.conditions.flatMap(condition =>
      [true, false].map(branch => [
        `[ ${conditionText(policy, condition)} ]:${branch ? 'True' : 'False'}`,
        tableOf(policy, condition, branch),
      ]),
    ),
  ),
  members: Object.fromEntries(
    symbols(policy.types)
      .filter(one => one.isAttribute)
      .map(({ name, value }) => [name, names(policy, policy.membersOf[value] ?? new Uint16Array())]),
  ),
  types: symbols(policy.types)
    .filter(one => !one.isAttribute)
    .map(({ name }) => name),
  booleans: Object.fromEntries(symbols(policy.booleans).map(({ name, state }) => [name, state])),
  permissive: names(policy, policy.permissive),
  roles: Object.fromEntries(symbols(policy.roles).map(({ name, types }) => [name, names(policy, types)])),
  ranges: {},
})

const names = ({ types }: Policy, values: Uint16Array): string[] =>
  Array.from(values, value => nameIn(types, value))

// Looked up when it is asked for.
const lazy = <Value>(find: (key: string) => Value): Readonly<Record<string, Value>> =>
  new Proxy<Record<string, Value>>({}, { get: (_, key) => find(String(key)) })

const given = (policy: Policy, key: string, match: 'direct' | 'indirect'): Readonly<Record<string, Ways>> => {
  const [, source = '', target = '', name = ''] = /^(\S+) (\S+):(\S+)$/.exec(key) ?? []
  if (![source, target].every(one => policy.types.byName.has(one))) return {}
  const ways: Record<string, (Table | null)[]> = {}
  const { rules } = searchRules(policy, {
    kinds: ['allow'],
    source: { name: source, match },
    target: { name: target, match },
    classes: { names: [name] },
  })
  for (const index of rules) {
    const { gives } = ruleAt(policy, index)
    for (const permission of 'permissions' in gives ? gives.permissions : [])
      (ways[permission] ??= []).push(wayOf(policy, index))
  }
  return ways
}

const leading = (policy: Policy, key: string): Readonly<Record<string, Ways>> => {
  const [, source = '', target = '', name = '', file = ''] = /^(\S+) (\S+):(\S+) (.*)$/.exec(key) ?? []
  const found = searchRules(policy, {
    kinds: ['type_transition'],
    source: { name: source, match: 'indirect' },
    target: { name: target, match: 'indirect' },
    classes: { names: [name] },
  })
  const ways: Record<string, (Table | null)[]> = {}
  if (file === '')
    for (const index of found.rules) {
      const { gives } = ruleAt(policy, index)
      if ('type' in gives) (ways[gives.type] ??= []).push(wayOf(policy, index))
    }
  else
    for (const { gives, source: own } of foundRules(policy, { ...found, rules: [] }))
      if ('type' in gives && gives.name === file && own === source) (ways[gives.type] ??= []).push(null)
  return ways
}

const wayOf = (policy: Policy, rule: number): Table | null => {
  const at = policy.rules.condition[rule] ?? -1
  return at < 0 ? null : tableOf(policy, policy.conditions[at >> 1] ?? [], (at & 1) === 0)
}

const tableOf = (policy: Policy, condition: Condition, branch: boolean): Table => {
  const mentioned = Array.from(booleansOf(condition), value => ({
    value,
    name: nameIn(policy.booleans, value),
  })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const rows = Array.from({ length: 2 ** mentioned.length }, (_, row) =>
    holds(condition, value => ((row >> mentioned.findIndex(one => one.value === value)) & 1) === 1) === branch
      ? '1'
      : '0',
  )
  return [mentioned.map(({ name }) => name), rows.join('')]
}
