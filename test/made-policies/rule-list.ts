import { ruleBits, type NameTransitions, type Policy, type Rules } from '../../src/policy/policy.ts'
import { isRule, type Statement } from './statements.ts'
import { ascending, valueIn } from './values.ts'

/** Rules, those of one place merged, and transitions, those of an attribute written out as compilers do. */
export class RuleList {
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
