import type { Cursor } from './cursor.ts'

const highest = 65_536

/** Reads an ebitmap: its elements in ascending order, each below 65,536 (policydb’s values are 16 bits wide). */
export const readBitmap = (from: Cursor): Uint16Array => readElements(from, 0)

/** The same elements as symbol values: bit b stands for value b + 1. */
export const readValues = (from: Cursor): Uint16Array => readElements(from, 1)

const empty = new Uint16Array()

const readElements = (from: Cursor, added: number): Uint16Array => {
  const mapSize = from.u32()
  const highBit = from.u32()
  if (mapSize !== 64) from.fail(`a bitmap of ${mapSize}-bit nodes, expected 64`)
  const count = from.count(nodeSize, 'nodes of a bitmap')
  if (highBit === 0 && count !== 0) from.fail('a bitmap that is empty and has nodes')
  if (count === 0) return empty
  const { view, offset } = from
  const end = offset + count * nodeSize
  let size = 0
  for (let at = offset; at < end; at += nodeSize)
    size += bitCount(view.getUint32(at + 4, true)) + bitCount(view.getUint32(at + 8, true))
  from.unfold(size)
  const elements = new Uint16Array(size)
  let filled = 0
  let next = 0
  for (let at = offset; at < end; at += nodeSize) {
    const start = view.getUint32(at, true)
    if (start < next || start % 64 !== 0 || start + 64 + added > highest)
      from.fail(`a bitmap’s node at ${start}`)
    next = start + 64
    filled = addBits(elements, filled, start + added, view.getUint32(at + 4, true))
    filled = addBits(elements, filled, start + added + 32, view.getUint32(at + 8, true))
  }
  from.offset = end
  return elements
}

// u32 of the first element, u64 of bits
const nodeSize = 12

const addBits = (into: Uint16Array, filled: number, start: number, word: number): number => {
  let at = filled
  for (let rest = word; rest !== 0; rest &= rest - 1) {
    into[at] = start + 31 - Math.clz32(rest & -rest)
    at += 1
  }
  return at
}

/** How many bits of a word are set. */
export const bitCount = (word: number): number => {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}
