import { expect } from 'chai'
import * as fc from 'fast-check'
import { radixOrder } from '../../src/policy/radix-order.ts'

describe('the order of rows', () => {
  for (const count of [0, 1, 200, 40_000])
    it(`is that of a sort that compares, ${count.toLocaleString('en-US')} rows`, () => {
      const rows = fc.sample(fc.tuple(fc.nat(0xffff), fc.nat(0xffff_ffff), fc.nat(3)), count)
      const [wide, narrow] = [Uint32Array.from(rows, one => one[1]), Uint16Array.from(rows, one => one[0])]
      const few = Uint16Array.from(rows, one => one[2])
      const wanted = rows
        .map((_, index) => index)
        .toSorted(
          (a, b) =>
            (few[a] ?? 0) - (few[b] ?? 0) ||
            (narrow[a] ?? 0) - (narrow[b] ?? 0) ||
            (wide[a] ?? 0) - (wide[b] ?? 0) ||
            a - b,
        )
      // not deep equality of chai's: its message would hold all rows
      expect(radixOrder(count, [few, narrow, wide]).join() === wanted.join()).to.equal(true)
    })
})
