import type { Fault } from './table.ts'

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const shuffled = <Item>(items: readonly Item[], random: () => number): readonly Item[] =>
  items
    .map(item => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)

/** Deals the faults out, each once before one comes again; no more at a time of those that are dear. */
export const dealer = (
  faults: readonly Fault[],
  random: () => number,
): ((count: number) => readonly Fault[]) => {
  let left: readonly Fault[] = []
  return count => {
    const hand: Fault[] = []
    while (hand.length < count) {
      if (left.length === 0) left = shuffled(faults, random)
      const [next, ...others] = left
      left = others
      if (next && hand.filter(one => one === next).length < (next.atMost ?? Infinity)) hand.push(next)
    }
    return hand
  }
}

/** Gives each fault of a hand a node of its own. */
export const handOut = (
  hand: readonly Fault[],
  size: number,
  random: () => number,
): ReadonlyMap<number, Fault> => {
  const seats = shuffled(
    Array.from({ length: size }, (_, index) => index),
    random,
  )
  return new Map(hand.map((fault, index) => [seats[index] ?? 0, fault]))
}
