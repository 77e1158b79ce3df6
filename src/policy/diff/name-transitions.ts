import type { Pair, Side } from './pair.ts'
import type { TransitionChange } from './transition-change.ts'

/*
 * Transitions by the name of the new file, a quarter of a million on either side of a real pair. They stay in the columns they were
 * read into; those of one name, target and class are compared together, so that no source ever is an object unless it differs.
 */

/** The file names of both sides, numbered. */
export type SharedNames = ReadonlyMap<string, number>

export const sharedNames = ({ left, right }: Pair): SharedNames => {
  const names = new Map<string, number>()
  for (const name of [...left.policy.nameTransitions.names, ...right.policy.nameTransitions.names])
    if (!names.has(name)) names.set(name, names.size)
  return names
}

/** One side’s transitions by name, by the name, target and class they ask for. */
export interface NamedIndex {
  readonly side: Side
  readonly names: SharedNames
  /** By key: the first of the entries and the one after the last. */
  readonly groups: ReadonlyMap<number, readonly [begin: number, end: number]>
  /** What a place leads to, if there is a rule for it. */
  readonly at: (source: number, target: number, objectClass: number, name: string) => number | undefined
}

export const indexNamed = (pair: Pair, side: Side, names: SharedNames): NamedIndex => {
  const all = side.policy.nameTransitions
  const groups = new Map<number, readonly [number, number]>()
  const isSame = (a: number, b: number): boolean =>
    all.name[a] === all.name[b] && all.target[a] === all.target[b] && all.class[a] === all.class[b]
  pair.spend(all.count * looksPerEntry)
  for (let begin = 0; begin < all.count;) {
    let end = begin + 1
    while (end < all.count && isSame(begin, end)) end += 1
    const target = side.typeId[all.target[begin] ?? 0] ?? 0
    const objectClass = side.classId[all.class[begin] ?? 0] ?? 0
    const name = names.get(all.names[all.name[begin] ?? 0] ?? '') ?? 0
    if (pair.isShared[target] === 1 && pair.isSharedClass[objectClass] === 1)
      groups.set(keyOf(name, target, objectClass), [begin, end])
    begin = end
  }
  const valueOf = new Map<number, number>()
  side.typeId.forEach((id, value) => valueOf.set(id, value))
  return {
    side,
    names,
    groups,
    at: (source, target, objectClass, name) => {
      const [begin, end] = groups.get(keyOf(names.get(name) ?? -1, target, objectClass)) ?? none
      const value = valueOf.get(source) ?? 0
      pair.spend(end - begin)
      for (let entry = begin; entry < end; entry += 1)
        if (contains(all.sources, all.starts[entry] ?? 0, all.starts[entry + 1] ?? 0, value))
          return side.typeId[all.default[entry] ?? 0]
      return undefined
    },
  }
}

const looksPerEntry = 20
const none = [0, 0] as const

// 53 bits: names there are two million at most, what both sides have has sixteen bits.
const keyOf = (name: number, target: number, objectClass: number): number =>
  (name * 0x1_0000 + target) * 0x1_0000 + objectClass

// Sources ascend.
const contains = (sources: Uint16Array, from: number, to: number, value: number): boolean => {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sources[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low < to && sources[low] === value
}

/** Hands over every change of a type that both sides have. */
export const compareNamed = (
  pair: Pair,
  left: NamedIndex,
  right: NamedIndex,
  add: (change: TransitionChange) => void,
): void => {
  pair.spend(
    left.side.policy.nameTransitions.sources.length + right.side.policy.nameTransitions.sources.length,
  )
  const names = [...left.names.keys()]
  // By type: what it leads to on each side, 0 where there is no rule; cleared again after every group.
  const [before, after] = [new Uint32Array(pair.types), new Uint32Array(pair.types)]
  const fill = (into: Uint32Array, { side }: NamedIndex, [begin, end]: readonly [number, number]): void => {
    const all = side.policy.nameTransitions
    for (let entry = begin; entry < end; entry += 1) {
      const to = side.typeId[all.default[entry] ?? 0] ?? 0
      for (let at = all.starts[entry] ?? 0; at < (all.starts[entry + 1] ?? 0); at += 1) {
        const source = side.typeId[all.sources[at] ?? 0] ?? 0
        if (pair.isShared[source] !== 1) continue
        into[source] = to
        touched.push(source)
      }
    }
  }
  const touched: number[] = []
  for (const key of new Set([...left.groups.keys(), ...right.groups.keys()])) {
    fill(before, left, left.groups.get(key) ?? none)
    fill(after, right, right.groups.get(key) ?? none)
    for (const source of touched) {
      const [was, is] = [before[source] ?? 0, after[source] ?? 0]
      before[source] = 0
      after[source] = 0
      if (was === is) continue
      const place = {
        source,
        target: Math.floor(key / 0x1_0000) % 0x1_0000,
        class: key % 0x1_0000,
        name: names[Math.floor(key / 0x1_0000_0000)] ?? '',
      }
      if (is === 0) add({ change: 'lost', ...place, before: was })
      else if (was === 0) add({ change: 'gained', ...place, after: is })
      else add({ change: 'changed', ...place, before: was, after: is })
    }
    touched.length = 0
  }
}
