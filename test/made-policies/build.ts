import type {
  Constraint,
  NameTransitions,
  Named,
  ObjectClass,
  Policy,
  Role,
  Rules,
  Table,
  Type,
} from '../../src/policy/policy.ts'
import { ruleBits } from '../../src/policy/policy.ts'
import { isRule, type Statement } from './statements.ts'

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

const valueIn = (table: Table<Named>, name: string): number => {
  const value = table.byName.get(name)?.value
  if (value === undefined) throw new Error(`a statement names ${name}, which is not there`)
  return value
}

const ascending = (values: Iterable<number>): Uint16Array => Uint16Array.from(new Set(values)).toSorted()

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

/** Rules, those of one place merged, and transitions, those of an attribute written out as compilers do. */
class RuleList {
  readonly #symbols: Pick<Policy, 'types' | 'classes' | 'booleans'>
  readonly #membersOf: Policy['membersOf']
  readonly #rows: Row[] = []
  /** By condition, then by place. */
  readonly #places = new Map<number, Map<number, Row>>()
  readonly #conditions: Policy['conditions'][number][] = []
  readonly #conditionOf = new Map<string, number>()
  readonly #named = new Map<
    string,
    { readonly place: readonly [string, number, number]; readonly to: Map<number, number> }
  >()

  constructor(symbols: Pick<Policy, 'types' | 'classes' | 'booleans'>, membersOf: Policy['membersOf']) {
    this.#symbols = symbols
    this.#membersOf = membersOf
  }

  addAll({ rules, conditions, nameTransitions: named }: Policy): void {
    this.#conditions.push(...conditions)
    for (let rule = 0; rule < rules.count; rule += 1)
      this.#put({
        source: rules.source[rule] ?? 0,
        target: rules.target[rule] ?? 0,
        class: rules.class[rule] ?? 0,
        kind: rules.kind[rule] ?? 0,
        condition: rules.condition[rule] ?? -1,
        datum: rules.datum[rule] ?? 0,
      })
    for (let entry = 0; entry < named.count; entry += 1)
      for (const source of named.sources.subarray(named.starts[entry], named.starts[entry + 1]))
        this.#name(
          named.names[named.name[entry] ?? 0] ?? '',
          source,
          named.target[entry] ?? 0,
          named.class[entry] ?? 0,
          named.default[entry] ?? 0,
        )
  }

  add(one: Statement): void {
    if (!('rule' in one)) return
    const { types, classes } = this.#symbols
    const [source, target] = [valueIn(types, one.source), valueIn(types, one.target)]
    const objectClass = valueIn(classes, one.class)
    const place = { target, class: objectClass, kind: ruleBits[one.rule] }
    if (isRule(one)) {
      const names = classes.byValue[objectClass]?.permissions ?? []
      const datum = one.permissions.reduce((mask, name) => (mask | (1 << names.indexOf(name))) >>> 0, 0)
      this.#put({ ...place, source, condition: this.#branchOf(one.when), datum })
      return
    }
    const to = valueIn(types, one.to)
    const sources = types.byValue[source]?.isAttribute === true ? (this.#membersOf[source] ?? []) : [source]
    for (const from of sources)
      if (one.name === undefined) this.#put({ ...place, source: from, condition: -1, datum: to })
      else this.#name(one.name, from, target, objectClass, to)
  }

  #branchOf(when: { readonly booleans: readonly string[]; readonly branch: boolean } | undefined): number {
    if (!when) return -1
    const key = when.booleans.join(' ')
    const index = this.#conditionOf.get(key) ?? this.#conditions.length
    if (index === this.#conditions.length)
      this.#conditions.push(
        when.booleans.flatMap((name, at): Policy['conditions'][number] => [
          { node: 'boolean', value: valueIn(this.#symbols.booleans, name) },
          ...(at > 0 ? [{ node: 'and' } as const] : []),
        ]),
      )
    this.#conditionOf.set(key, index)
    return index * 2 + (when.branch ? 0 : 1)
  }

  #put(row: Row): void {
    const places = this.#places.get(row.condition) ?? new Map<number, Row>()
    this.#places.set(row.condition, places)
    // 53 bits: kinds with extended permissions, of which a place has several, are never merged
    const key = (row.source * 0x1_0000 + row.target) * 0x20_0000 + row.class * 0x80 + row.kind
    const isVector = (row.kind & 7) !== 0
    const known = row.kind > 0x40 ? undefined : places.get(key)
    if (known && isVector) known.datum = (known.datum | row.datum) >>> 0
    if (known) return
    if (row.kind <= 0x40) places.set(key, row)
    this.#rows.push(row)
  }

  #name(name: string, source: number, target: number, objectClass: number, to: number): void {
    const key = `${name} ${target} ${objectClass}`
    const known = this.#named.get(key) ?? { place: [name, target, objectClass] as const, to: new Map() }
    this.#named.set(key, known)
    if (!known.to.has(source)) known.to.set(source, to)
  }

  done({ rules: { xperms } }: Policy): Pick<Policy, 'rules' | 'conditions' | 'nameTransitions'> {
    const rows = this.#rows
    const rules: Rules = {
      count: rows.length,
      source: Uint16Array.from(rows, one => one.source),
      target: Uint16Array.from(rows, one => one.target),
      class: Uint16Array.from(rows, one => one.class),
      kind: Uint16Array.from(rows, one => one.kind),
      datum: Uint32Array.from(rows, one => one.datum),
      condition: Int32Array.from(rows, one => one.condition),
      xperms,
    }
    return { rules, conditions: this.#conditions, nameTransitions: this.#nameTransitions() }
  }

  #nameTransitions(): NameTransitions {
    const entries = [...this.#named.values()].flatMap(({ place, to }) => {
      const byType = new Map<number, number[]>()
      for (const [source, type] of to) {
        const list = byType.get(type)
        if (list) list.push(source)
        else byType.set(type, [source])
      }
      return [...byType].map(([type, sources]) => ({ place, type, sources: ascending(sources) }))
    })
    const names = [...new Set(entries.map(({ place: [name] }) => name))]
    const numbers = new Map(names.map((name, index) => [name, index]))
    const starts = new Uint32Array(entries.length + 1)
    entries.forEach(({ sources }, index) => (starts[index + 1] = (starts[index] ?? 0) + sources.length))
    const all = new Uint16Array(starts[entries.length] ?? 0)
    entries.forEach(({ sources }, index) => all.set(sources, starts[index]))
    return {
      count: entries.length,
      names,
      name: Uint32Array.from(entries, ({ place: [name] }) => numbers.get(name) ?? 0),
      target: Uint16Array.from(entries, ({ place }) => place[1]),
      class: Uint16Array.from(entries, ({ place }) => place[2]),
      default: Uint16Array.from(entries, ({ type }) => type),
      starts,
      sources: all,
    }
  }
}

interface Row {
  readonly source: number
  readonly target: number
  readonly class: number
  readonly kind: number
  readonly condition: number
  datum: number
}
