import type { Xperm } from './policy.ts'

/** Extended permissions as ascending, disjoint, not adjacent ranges, both ends included. */
export type XpermRanges = readonly (readonly [low: number, high: number])[]

/** The numbers an entry stands for: functions of one driver, or all 256 functions of each of its drivers. */
export const rangesOf = ({ kind, driver, bits }: Xperm): XpermRanges =>
  joined(
    Array.from({ length: 256 }, (_, bit) => bit)
      .filter(bit => (((bits[bit >> 5] ?? 0) >>> (bit & 31)) & 1) === 1)
      .map(bit =>
        kind === 'ioctl-drivers'
          ? ([bit << 8, (bit << 8) | 0xff] as const)
          : ([(driver << 8) | bit, (driver << 8) | bit] as const),
      ),
  )

/** Any ranges as {@link XpermRanges}. */
export const joined = (ranges: XpermRanges): XpermRanges => {
  const all: [number, number][] = []
  for (const [low, high] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1)
    if (last && low <= last[1] + 1) last[1] = Math.max(last[1], high)
    else all.push([low, high])
  }
  return all
}

/** `0x5401-0x5408`, or several in braces. */
export const xpermText = (ranges: XpermRanges): string => {
  const texts = ranges.map(([low, high]) => (low === high ? hex(low) : `${hex(low)}-${hex(high)}`))
  return texts.length === 1 ? (texts[0] ?? '') : `{ ${texts.join(' ')} }`
}

const hex = (value: number): string => `0x${value.toString(16).padStart(4, '0')}`
