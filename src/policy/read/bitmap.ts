import type { Cursor } from './cursor.ts'

const highest = 65_536

/** Reads an ebitmap: its elements in ascending order, each below 65,536 (policydb’s values are 16 bits wide). */
export const readBitmap = (from: Cursor): Uint16Array => {
  const mapSize = from.u32()
  const highBit = from.u32()
  if (mapSize !== 64) from.fail(`a bitmap of ${mapSize}-bit nodes, expected 64`)
  const count = from.count(12, 'nodes of a bitmap')
  if (highBit === 0 || count === 0) {
    if (count !== 0) from.fail('a bitmap that is empty and has nodes')
    return empty
  }
  const elements: number[] = []
  let next = 0
  for (let node = 0; node < count; node += 1) {
    const start = from.u32()
    if (start < next || start % 64 !== 0 || start >= highest) from.fail(`a bitmap’s node at ${start}`)
    next = start + 64
    addBits(elements, start, from.u32())
    addBits(elements, start + 32, from.u32())
  }
  return Uint16Array.from(elements)
}

const empty = new Uint16Array()

const addBits = (into: number[], start: number, word: number): void => {
  for (let rest = word >>> 0; rest !== 0;) {
    const bit = 31 - Math.clz32(rest & -rest)
    into.push(start + bit)
    rest = (rest & (rest - 1)) >>> 0
  }
}

/** Walks over an ebitmap without reading its elements. */
export const skipBitmap = (from: Cursor): void => {
  if (from.u32() !== 64) from.fail('a bitmap of an unknown node size')
  from.u32()
  const count = from.count(12, 'nodes of a bitmap')
  from.slice(12 * count)
}

/** The same elements as symbol values: bit b stands for value b + 1. */
export const readValues = (from: Cursor): Uint16Array => readBitmap(from).map(bit => bit + 1)
