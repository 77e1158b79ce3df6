import { ruleBits, type Condition, type Rules, type Symbols, type Xperm } from '../policy.ts'
import { checkPostfix } from './constraints.ts'
import type { Cursor } from './cursor.ts'

/** Reads the access vector table (`u32 entries`, entries) and the conditional blocks after it. */
export const readRules = (
  from: Cursor,
  symbols: Symbols,
  version: number,
): { readonly rules: Rules; readonly conditions: readonly Condition[] } => {
  const into = new RuleColumns(from, symbols, version)
  into.readList(-1)
  const count = from.count(16, 'conditional blocks')
  const conditions: Condition[] = []
  for (let index = 0; index < count; index += 1) {
    from.u32() // the state when it was written; the booleans say it better
    conditions.push(readCondition(from, symbols))
    into.readList(2 * index)
    into.readList(2 * index + 1)
  }
  return { rules: into.done(), conditions }
}

const readCondition = (from: Cursor, { booleans }: Symbols): Condition => {
  const nodes = from.count(8, 'nodes of a condition')
  const condition = Array.from({ length: nodes }, (): Condition[number] => {
    const [operator, value] = [from.u32(), from.u32()]
    if (operator !== 1)
      return { node: operators[operator - 2] ?? from.fail(`a condition’s operator ${operator}`) }
    if (!booleans.byValue[value]) from.fail(`a condition on the boolean ${value}, which is not there`)
    return { node: 'boolean', value }
  })
  checkPostfix(from, condition, 'a condition')
  return condition
}

const operators = ['not', 'or', 'and', 'xor', '==', '!='] as const

const vectors = ruleBits.allow | ruleBits.auditallow | ruleBits.dontaudit
const xperms = ruleBits.allowxperm | ruleBits.auditallowxperm | ruleBits.dontauditxperm
const known = new Set<number>(Object.values(ruleBits))

/** Collects rules; no list can be longer than the file has room for entries. */
class RuleColumns {
  readonly #from: Cursor
  readonly #symbols: Symbols
  readonly #withXperms: boolean
  readonly #masks: Uint32Array
  #columns = columnsOf(0)
  readonly #xperms: Xperm[] = []
  #count = 0

  constructor(from: Cursor, symbols: Symbols, version: number) {
    this.#from = from
    this.#symbols = symbols
    this.#withXperms = version >= 30
    this.#masks = Uint32Array.from(symbols.classes.byValue, one => maskOf(one?.permissions.length ?? 0))
  }

  // Nearly all rules are in the first list; the conditional ones are many short lists.
  #reserve(count: number): void {
    const room = this.#columns.source.length
    const needed = this.#count + count
    if (needed > room) this.#columns = columnsOf(Math.max(needed, room + (room >> 2)), this.#columns)
  }

  readList(condition: number): void {
    const from = this.#from
    const count = from.count(entrySize, 'rules')
    this.#reserve(count)
    const { types, classes } = this.#symbols
    for (let index = 0; index < count; index += 1) {
      from.need(entrySize)
      const { view, offset } = from
      const source = view.getUint16(offset, true)
      const target = view.getUint16(offset + 2, true)
      const objectClass = view.getUint16(offset + 4, true)
      // The highest bit only says that the entry was active when the kernel wrote it.
      const kind = view.getUint16(offset + 6, true) & 0x7fff
      from.offset += 8
      if (!known.has(kind)) from.fail(`a rule of the kind 0x${kind.toString(16)}`)
      if (!types.byValue[source] || !types.byValue[target]) from.fail('a rule on a type that is not there')
      if (!classes.byValue[objectClass]) from.fail('a rule on a class that is not there')
      const at = this.#count
      const columns = this.#columns
      columns.source[at] = source
      columns.target[at] = target
      columns.class[at] = objectClass
      columns.kind[at] = kind
      columns.datum[at] = this.#readDatum(kind, objectClass)
      columns.condition[at] = condition
      this.#count += 1
    }
  }

  #readDatum(kind: number, objectClass: number): number {
    const from = this.#from
    if ((kind & xperms) !== 0) {
      if (!this.#withXperms) from.fail('an extended permission in a policy older than version 30')
      this.#xperms.push(readXperm(from))
      return this.#xperms.length - 1
    }
    const value = from.u32()
    if ((kind & vectors) !== 0) {
      const mask = this.#masks[objectClass] ?? 0
      return ((kind === ruleBits.dontaudit ? ~value : value) & mask) >>> 0
    }
    const type = this.#symbols.types.byValue[value]
    if (!type || type.isAttribute) from.fail(`a rule whose new type is ${value}, which is none`)
    return value
  }

  done(): Rules {
    const { source, target, class: classes, kind, datum, condition } = this.#columns
    const count = this.#count
    return {
      count,
      source: source.slice(0, count),
      target: target.slice(0, count),
      class: classes.slice(0, count),
      kind: kind.slice(0, count),
      datum: datum.slice(0, count),
      condition: condition.slice(0, count),
      xperms: this.#xperms,
    }
  }
}

const entrySize = 12

type Columns = { -readonly [Key in keyof Omit<Rules, 'count' | 'xperms'>]: Rules[Key] }

const columnsOf = (room: number, before?: Columns): Columns => {
  const columns = {
    source: new Uint16Array(room),
    target: new Uint16Array(room),
    class: new Uint16Array(room),
    kind: new Uint16Array(room),
    datum: new Uint32Array(room),
    condition: new Int32Array(room),
  }
  if (before) {
    columns.source.set(before.source)
    columns.target.set(before.target)
    columns.class.set(before.class)
    columns.kind.set(before.kind)
    columns.datum.set(before.datum)
    columns.condition.set(before.condition)
  }
  return columns
}

const maskOf = (permissions: number): number => (permissions >= 32 ? 0xffff_ffff : (1 << permissions) - 1)

const readXperm = (from: Cursor): Xperm => {
  const [kind, driver] = [from.u8(), from.u8()]
  return {
    kind: xpermKinds[kind - 1] ?? from.fail(`extended permissions of the kind ${kind}`),
    driver,
    bits: Uint32Array.from({ length: 8 }, () => from.u32()),
  }
}

const xpermKinds = ['ioctl-functions', 'ioctl-drivers', 'nlmsg'] as const
