import type { NameTransitions, Symbols } from '../policy.ts'
import { radixOrder } from '../radix-order.ts'
import { readValues } from './bitmap.ts'
import type { Cursor } from './cursor.ts'

/** Transitions by file name: none before version 25, one source each up to 32, compressed from 33 on. */
export const readNameTransitions = (from: Cursor, symbols: Symbols, version: number): NameTransitions => {
  const into = new Entries(from, symbols)
  if (version >= 33) readCompressed(from, into)
  else if (version >= 25) readPlain(from, into)
  return into.done()
}

const readCompressed = (from: Cursor, into: Entries): void => {
  const keys = new Set<number>()
  for (let left = from.count(17, 'transitions by name'); left > 0; left -= 1) {
    const name = into.nameOf(from.fileName(from.u32()))
    const [target, objectClass] = [into.type(name, from.u32()), into.class(name, from.u32())]
    // 53 bits: a file of the size that is read has room for two million names
    const key = (name * 0x1_0000 + target) * 0x1_0000 + objectClass
    if (keys.has(key)) into.fail(name, 'is there twice')
    keys.add(key)
    const count = from.count(16, 'new types of a transition by name')
    const seen = new Set<number>()
    for (let index = 0; index < count; index += 1) {
      const all = readValues(from)
      // Of several the kernel takes the first.
      const sources = seen.size === 0 ? all : all.filter(source => !seen.has(source))
      if (count > 1) for (const source of sources) seen.add(source)
      into.add(name, sources, target, objectClass, into.type(name, from.u32()))
    }
  }
}

/** An entry for each source, in any order; what belongs together is brought together. */
const readPlain = (from: Cursor, into: Entries): void => {
  const count = from.count(21, 'transitions by name')
  const name = new Uint32Array(count)
  const [source, target, classes, to] = [1, 2, 3, 4].map(() => new Uint16Array(count)) as [
    Uint16Array,
    Uint16Array,
    Uint16Array,
    Uint16Array, // four, as above
  ]
  for (let at = 0; at < count; at += 1) {
    const own = into.nameOf(from.fileName(from.u32()))
    name[at] = own
    source[at] = into.type(own, from.u32())
    target[at] = into.type(own, from.u32())
    classes[at] = into.class(own, from.u32())
    to[at] = into.type(own, from.u32())
  }
  const order = radixOrder(count, [name, target, classes, source])
  const isSamePlace = (a: number, b: number): boolean =>
    name[a] === name[b] && target[a] === target[b] && classes[a] === classes[b]
  for (let begin = 0; begin < count;) {
    const first = order[begin] ?? 0
    const byType = new Map<number, number[]>()
    let before = -1
    let end = begin
    for (; end < count && isSamePlace(first, order[end] ?? 0); end += 1) {
      const at = order[end] ?? 0
      const own = source[at] ?? 0
      // Old compilers wrote duplicates; the first one holds.
      if (own === before) continue
      before = own
      const list = byType.get(to[at] ?? 0)
      if (list) list.push(own)
      else byType.set(to[at] ?? 0, [own])
    }
    for (const [type, sources] of byType)
      into.add(name[first] ?? 0, sources, target[first] ?? 0, classes[first] ?? 0, type)
    begin = end
  }
}

/** Collects entries into columns. */
class Entries {
  readonly #from: Cursor
  readonly #symbols: Symbols
  readonly #names = new Map<string, number>()
  // Plain arrays of small numbers are as compact as typed ones, and grow.
  readonly #columns = { name: [0], target: [0], class: [0], default: [0], starts: [0] }
  #sources = new Uint16Array(4096)
  #used = 0

  constructor(from: Cursor, symbols: Symbols) {
    this.#from = from
    this.#symbols = symbols
    for (const column of Object.values(this.#columns)) column.length = 0
  }

  nameOf(text: string): number {
    const known = this.#names.get(text)
    if (known !== undefined) return known
    this.#names.set(text, this.#names.size)
    return this.#names.size - 1
  }

  type(name: number, value: number): number {
    return this.#symbols.types.byValue[value] ? value : this.fail(name, 'names a type that is not there')
  }

  class(name: number, value: number): number {
    return this.#symbols.classes.byValue[value] ? value : this.fail(name, 'names a class that is not there')
  }

  fail(name: number, what: string): never {
    return this.#from.fail(`the transition for '${[...this.#names.keys()][name] ?? ''}' ${what}`)
  }

  add(name: number, sources: ArrayLike<number>, target: number, objectClass: number, type: number): void {
    const columns = this.#columns
    columns.name.push(name)
    columns.target.push(target)
    columns.class.push(objectClass)
    columns.default.push(type)
    columns.starts.push(this.#used)
    const end = this.#used + sources.length
    if (end > this.#sources.length) {
      const larger = new Uint16Array(Math.max(end, this.#sources.length * 2))
      larger.set(this.#sources)
      this.#sources = larger
    }
    this.#sources.set(sources, this.#used)
    this.#used = end
  }

  done(): NameTransitions {
    const { name, target, class: classes, default: defaults, starts } = this.#columns
    return {
      count: name.length,
      names: [...this.#names.keys()],
      name: Uint32Array.from(name),
      target: Uint16Array.from(target),
      class: Uint16Array.from(classes),
      default: Uint16Array.from(defaults),
      starts: Uint32Array.from([...starts, this.#used]),
      sources: this.#sources.slice(0, this.#used),
    }
  }
}
