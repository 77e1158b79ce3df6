import type { Pair } from './pair.ts'
import { isSame, placeOf, type Place, type RuleIndex } from './rule-index.ts'

/**
 * Where effective permissions may differ: all members of a rule’s ends where the rule itself differs; only the members that
 * came or went where the rule is the same and an attribute of it is not. Everything else is equal by construction.
 */
export interface Suspect extends Place {
  readonly sources: 'all' | 'changed'
  readonly targets: 'all' | 'changed'
}

/** Finds the places; by the source of the rule (a type or an attribute), so that one source at a time can be looked at. */
export const findSuspects = (
  left: RuleIndex,
  right: RuleIndex,
  changedMembers: ReadonlyMap<number, ReadonlySet<number>>,
): ReadonlyMap<number, readonly Suspect[]> => {
  const bySource = new Map<number, Suspect[]>()
  const add = (suspect: Suspect): void => {
    const list = bySource.get(suspect.source)
    if (list) list.push(suspect)
    else bySource.set(suspect.source, [suspect])
  }
  for (const key of left.keys()) {
    const place = placeOf(key)
    if (!isSame(left.at(key), right.at(key))) {
      add({ ...place, sources: 'all', targets: 'all' })
      continue
    }
    if (changedMembers.has(place.source)) add({ ...place, sources: 'changed', targets: 'all' })
    if (changedMembers.has(place.target)) add({ ...place, sources: 'all', targets: 'changed' })
  }
  for (const key of right.keys()) if (!left.at(key)) add({ ...placeOf(key), sources: 'all', targets: 'all' })
  return bySource
}

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
