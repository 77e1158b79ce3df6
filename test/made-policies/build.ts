import type { Constraint, Named, ObjectClass, Policy, Role, Table, Type } from '../../src/policy/policy.ts'
import { RuleList } from './rule-list.ts'
import type { Statement } from './statements.ts'
import { ascending, valueIn } from './values.ts'

/** A policy with more in it. New symbols are numbered in the order of their statements; ends that are attributes stay attributes. */
export const withStatements = (base: Policy, statements: readonly Statement[]): Policy => {
  const types = grown(base.types, [
    ...statements.flatMap(one => ('type' in one ? [{ name: one.type, isAttribute: false, bounds: 0 }] : [])),
    ...statements.flatMap(one =>
      'attribute' in one ? [{ name: one.attribute, isAttribute: true, bounds: 0 }] : [],
    ),
  ])
  const booleans = grown(
    base.booleans,
    statements.flatMap(one => ('boolean' in one ? [{ name: one.boolean, state: one.state }] : [])),
  )
  const { attributesOf, membersOf } = membershipsOf(base, types, statements)
  const symbols = {
    ...base,
    types,
    booleans,
    roles: rolesOf(base, types, statements),
    classes: constrained(base.classes, types, membersOf, statements),
  }
  const rules = new RuleList(symbols, membersOf)
  rules.addAll(base)
  for (const one of statements) rules.add(one)
  return { ...symbols, attributesOf, membersOf, ...rules.done(base) }
}

type New<T extends Named> = Omit<T, 'value'>

const grown = <T extends Named>(table: Table<T>, more: readonly New<T>[]): Table<T> => {
  const byValue = [...table.byValue]
  const byName = new Map(table.byName)
  for (const one of more) {
    if (byName.has(one.name)) continue
    const symbol = { ...one, value: byValue.length } as T // a new symbol with its value
    byValue.push(symbol)
    byName.set(one.name, symbol)
  }
  return { ...table, byValue, byName }
}

const rolesOf = (base: Policy, types: Table<Type>, statements: readonly Statement[]): Table<Role> => {
  const own = statements.flatMap(one => ('role' in one ? [one] : []))
  const none = new Uint16Array()
  const { byValue, aliases } = grown(
    base.roles,
    own.map(({ role }) => ({ name: role, bounds: 0, dominates: none, types: none })),
  )
  const more = new Map<string, number[]>()
  for (const { role, types: names } of own) {
    const list = more.get(role) ?? []
    more.set(role, list)
    for (const name of names) list.push(valueIn(types, name))
  }
  const all = byValue.map(
    one =>
      one && {
        ...one,
        dominates: ascending([...one.dominates, one.value]),
        types: ascending([...one.types, ...(more.get(one.name) ?? [])]),
      },
  )
  return { byValue: all, byName: new Map(all.flatMap(one => (one ? [[one.name, one]] : []))), aliases }
}

const membershipsOf = (base: Policy, types: Table<Type>, statements: readonly Statement[]) => {
  const attributes = types.byValue.map((_, value) => new Set(base.attributesOf[value]))
  for (const one of statements) {
    if ('attribute' in one)
      for (const member of one.members) attributes[valueIn(types, member)]?.add(valueIn(types, one.attribute))
    if ('type' in one)
      for (const name of one.attributes ?? []) attributes[valueIn(types, one.type)]?.add(valueIn(types, name))
  }
  const members: number[][] = types.byValue.map(() => [])
  attributes.forEach((own, value) => own.forEach(attribute => members[attribute]?.push(value)))
  return { attributesOf: attributes.map(ascending), membersOf: members.map(ascending) }
}

// h1 dom h2, or neither type has the attribute: what keeps a container out of another's files.
const constrained = (
  classes: Table<ObjectClass>,
  types: Table<Type>,
  membersOf: Policy['membersOf'],
  statements: readonly Statement[],
): Table<ObjectClass> => {
  const own = statements.flatMap(one => ('constrained' in one ? [one] : []))
  const byValue = classes.byValue.map(
    one =>
      one && {
        ...one,
        constraints: [
          ...one.constraints,
          ...own
            .filter(({ class: name }) => name === one.name)
            .map(({ constrained: attribute, permissions }): Constraint => {
              const written = Uint16Array.of(valueIn(types, attribute))
              const values = membersOf[written[0] ?? 0] ?? new Uint16Array()
              const names = { node: 'names', compare: '!=', what: 'type', values, written } as const
              return {
                permissions: permissions.reduce(
                  (mask, name) => mask | (1 << one.permissions.indexOf(name)),
                  0,
                ),
                expression: [
                  { node: 'pair', compare: 'dom', left: 'h1', right: 'h2' },
                  { ...names, side: 1 },
                  { ...names, side: 2 },
                  { node: 'and' },
                  { node: 'or' },
                ],
                isMls: true,
              }
            }),
        ],
      },
  )
  return { ...classes, byValue, byName: new Map(byValue.flatMap(one => (one ? [[one.name, one]] : []))) }
}
