import type { Context, Level, Named, Range, Table } from '../../src/policy/policy.ts'
import { randomFrom } from '../policy/mutations.ts'

/** The bytes of a policy as they are written, and its smaller parts. */
export class Out {
  readonly version: number
  readonly #random: ((below: number) => number) | undefined
  #bytes = Buffer.alloc(1 << 20)
  #at = 0

  constructor(version: number, seed: number | undefined) {
    this.version = version
    this.#random = seed === undefined ? undefined : randomFrom(seed)
  }

  #room(bytes: number): number {
    const at = this.#at
    this.#at += bytes
    if (this.#at > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#at))
      this.#bytes.copy(larger)
      this.#bytes = larger
    }
    return at
  }

  u8(...values: readonly number[]): void {
    for (const value of values) this.#bytes.writeUInt8(value, this.#room(1))
  }

  u16(...values: readonly number[]): void {
    for (const value of values) {
      const at = this.#room(2)
      this.#bytes.writeUInt16LE(value, at)
    }
  }

  u32(...values: readonly number[]): void {
    for (const value of values) {
      const at = this.#room(4)
      this.#bytes.writeUInt32LE(value >>> 0, at)
    }
  }

  text(text: string): void {
    const bytes = Buffer.from(text)
    const at = this.#room(bytes.length)
    bytes.copy(this.#bytes, at)
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#room(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** Its length, then the text. */
  name(text: string): void {
    this.u32(Buffer.byteLength(text))
    this.text(text)
  }

  shuffled<T>(list: readonly T[]): readonly T[] {
    const random = this.#random
    if (!random) return list
    return list
      .map(one => ({ one, place: random(2 ** 30) }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ one }) => one)
  }

  list<T>(list: readonly T[], write: (one: T) => void): void {
    this.u32(list.length)
    for (const one of list) write(one)
  }

  /** Symbols and aliases, in an order that means nothing. */
  table<T extends Named>(
    table: Table<T>,
    symbol: (one: T) => void,
    alias: (name: string, value: number) => void,
  ): void {
    this.u32(table.byValue.length - 1)
    const all = [
      ...table.byValue.flatMap(one => (one ? [() => symbol(one)] : [])),
      ...table.aliases.map(one => () => alias(one.name, one.value)),
    ]
    this.list(this.shuffled(all), write => write())
  }

  /** Ascending values; bit b stands for b + `added`. */
  bitmap(values: Uint16Array, added: number): void {
    const nodes = new Map<number, [number, number]>()
    for (const value of values) {
      const bit = value - added
      const start = bit - (bit % 64)
      const words = nodes.get(start) ?? [0, 0]
      nodes.set(start, words)
      const half = bit % 64 < 32 ? 0 : 1
      words[half] = (words[half] | (1 << (bit % 32))) >>> 0
    }
    const last = [...nodes.keys()].at(-1)
    this.u32(64, last === undefined ? 0 : last + 64, nodes.size)
    for (const [start, words] of nodes) this.u32(start, ...words)
  }

  level({ sensitivity, categories }: Level): void {
    this.u32(sensitivity)
    this.bitmap(categories, 1)
  }

  range({ low, high }: Range): void {
    this.u32(2, low.sensitivity, high.sensitivity)
    this.bitmap(low.categories, 1)
    this.bitmap(high.categories, 1)
  }

  context({ user, role, type, range }: Context): void {
    this.u32(user, role, type)
    this.range(range)
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }
}
