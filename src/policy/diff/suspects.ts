import type { Pair } from './pair.ts'
import { isSameIfs, noIfs, type Place, type RuleIndex } from './rule-index.ts'

/**
 * Where effective permissions may differ: all members of a rule’s ends where the rule itself differs; only the members that
 * came or went where the rule is the same and an attribute of it is not. Everything else is equal by construction.
 */
export interface Suspect extends Place {
  readonly sources: 'all' | 'changed'
  readonly targets: 'all' | 'changed'
}

/** The places, by the source of the rule (a type or an attribute), so that one source at a time can be looked at. */
export interface Suspects {
  readonly sources: () => Iterable<number>
  /** Whether all members of a source are in question, not only those that came or went. */
  readonly concernsAll: (source: number) => boolean
  readonly of: (source: number) => Iterable<Suspect>
}

/** Finds the places. */
export const findSuspects = (
  left: RuleIndex,
  right: RuleIndex,
  changedMembers: ReadonlyMap<number, ReadonlySet<number>>,
): Suspects => {
  // There may be hundreds of thousands: a slot and three bits instead of an object each.
  const bySource = new Map<number, number[]>()
  const add = (rules: RuleIndex, slot: number, bits: number): void => {
    const source = rules.table[slot * 4] ?? 0
    const list = bySource.get(source)
    const coded = slot * 8 + bits + (rules === right ? isRight : 0)
    if (list) list.push(coded)
    else bySource.set(source, [coded])
  }
  const seen = new Uint8Array(right.slots)
  for (let slot = 0; slot < left.slots; slot += 1) {
    const at = slot * 4
    if (left.table[at] === 0) continue
    const twin = right.slotLike(left, slot)
    if (twin >= 0) seen[twin] = 1
    if (
      twin < 0 ||
      left.table[at + 3] !== right.table[twin * 4 + 3] ||
      !isSameIfs(left.ifs.get(slot) ?? noIfs, right.ifs.get(twin) ?? noIfs)
    ) {
      add(left, slot, 0)
      continue
    }
    if (changedMembers.has(left.table[at] ?? 0)) add(left, slot, changedSources)
    if (changedMembers.has(left.table[at + 1] ?? 0)) add(left, slot, changedTargets)
  }
  for (let slot = 0; slot < right.slots; slot += 1)
    if (right.table[slot * 4] !== 0 && seen[slot] !== 1) add(right, slot, 0)
  const decoded = (coded: number): Suspect => ({
    ...((coded & isRight) === 0 ? left : right).placeAt(Math.floor(coded / 8)),
    sources: (coded & changedSources) === 0 ? 'all' : 'changed',
    targets: (coded & changedTargets) === 0 ? 'all' : 'changed',
  })
  return {
    sources: () => bySource.keys(),
    concernsAll: source => bySource.get(source)?.some(coded => (coded & changedSources) === 0) ?? false,
    of: source => (bySource.get(source) ?? []).map(decoded),
  }
}

const isRight = 4
const changedSources = 2
const changedTargets = 1

/** By attribute id: the types that both sides have and only one of them counts among its members. */
export const membersThatChanged = ({
  left,
  right,
  isShared,
  types,
}: Pair): ReadonlyMap<number, ReadonlySet<number>> => {
  const changed = new Map<number, Set<number>>()
  for (let id = 1; id < types; id += 1) {
    if (isShared[id] !== 1) continue
    const [before, after] = [new Set(left.closure[id]), new Set(right.closure[id])]
    for (const attribute of new Set([...before, ...after])) {
      if (before.has(attribute) === after.has(attribute)) continue
      const list = changed.get(attribute)
      if (list) list.add(id)
      else changed.set(attribute, new Set([id]))
    }
  }
  return changed
}
