/** A column of numbers below 2³². */
export type Column = Uint16Array | Uint32Array

/**
 * The indexes 0 … count − 1 in the order of their values, the first column first; equal ones keep their order. A radix sort: half a
 * million rows take some ten milliseconds and no objects. Sixteen bits a pass, or eight where counting to 65,536 would be most of it.
 */
export const radixOrder = (count: number, columns: readonly Column[]): Uint32Array => {
  let order = Uint32Array.from({ length: count }, (_, index) => index)
  let other = new Uint32Array(count)
  const bits = count < 32_768 ? 8 : 16
  for (const column of columns.toReversed())
    for (let shift = 0; shift < column.BYTES_PER_ELEMENT * 8; shift += bits) {
      if (!pass(order, other, column, shift, bits)) continue
      ;[order, other] = [other, order]
    }
  return order
}

// False where all values are the same and the order stays.
const pass = (
  order: Uint32Array,
  into: Uint32Array,
  column: Column,
  shift: number,
  bits: number,
): boolean => {
  const mask = (1 << bits) - 1
  const starts = new Uint32Array(mask + 2)
  for (const index of order) {
    const after = (((column[index] ?? 0) >>> shift) & mask) + 1
    starts[after] = (starts[after] ?? 0) + 1
  }
  if (starts.includes(order.length, 1)) return false
  for (let value = 1; value < starts.length; value += 1)
    starts[value] = (starts[value] ?? 0) + (starts[value - 1] ?? 0)
  for (const index of order) {
    const value = ((column[index] ?? 0) >>> shift) & mask
    const at = starts[value] ?? 0
    into[at] = index
    starts[value] = at + 1
  }
  return true
}
