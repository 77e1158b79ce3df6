import { effectiveAt } from './effective.ts'
import type { Policy } from '../policy.ts'
import { pairUp, type Pair } from './pair.ts'
import {
  indexRules,
  isSame,
  keyOf,
  placeOf,
  vectorKinds,
  type Given,
  type Place,
  type RuleIndex,
} from './rule-index.ts'
import { findSuspects, membersThatChanged, type Suspect } from './suspects.ts'

/** A source type, a target type and a class where the sides differ, and what each gives. */
export interface Changed extends Place {
  readonly left: Given
  readonly right: Given
}

/** Both sides’ rules by place, and where they may differ. */
export interface Compared {
  readonly pair: Pair
  readonly left: RuleIndex
  readonly right: RuleIndex
  readonly changedMembers: ReadonlyMap<number, ReadonlySet<number>>
  readonly suspects: ReadonlyMap<number, readonly Suspect[]>
}

/** Finds out where two policies may differ. */
export const compareRulesOf = (before: Policy, after: Policy): Compared => compareRules(pairUp(before, after))

export const compareRules = (pair: Pair): Compared => {
  const [left, right] = [indexRules(pair, pair.left), indexRules(pair, pair.right)]
  const changedMembers = membersThatChanged(pair)
  return { pair, left, right, changedMembers, suspects: findSuspects(left, right, changedMembers) }
}

/** The types for which anything may differ, by id. */
export const sourcesInQuestion = ({ pair, suspects, changedMembers }: Compared): ReadonlySet<number> => {
  const sources = new Set<number>()
  for (const [source, list] of suspects) {
    const everyone = list.some(one => one.sources === 'all')
    for (const id of membersOf(pair, source))
      if (everyone || changedMembers.get(source)?.has(id)) sources.add(id)
  }
  return sources
}

/** What differs for one source type; computed for it alone, so that memory stays bounded however much there is. */
export function* changesOf(compared: Compared, source: number): Generator<Changed> {
  const { pair, left, right } = compared
  for (const key of candidates(compared, source)) {
    const place = placeOf(key)
    const kind = vectorKinds.indexOf(place.kind)
    const before = effectiveAt(pair.left, left, kind, source, place.target, place.class)
    const after = effectiveAt(pair.right, right, kind, source, place.target, place.class)
    if (!isSame(before, after)) yield { ...place, left: before, right: after }
  }
}

const candidates = ({ pair, suspects, changedMembers }: Compared, source: number): ReadonlySet<number> => {
  const keys = new Set<number>()
  const own = new Set([...(pair.left.closure[source] ?? []), ...(pair.right.closure[source] ?? [])])
  for (const from of own) {
    for (const { sources, targets, kind, target, class: objectClass } of suspects.get(from) ?? []) {
      if (sources === 'changed' && !changedMembers.get(from)?.has(source)) continue
      const number = vectorKinds.indexOf(kind)
      const reached = targets === 'changed' ? (changedMembers.get(target) ?? []) : membersOf(pair, target)
      for (const to of reached) if (pair.isShared[to] === 1) keys.add(keyOf(number, source, to, objectClass))
    }
  }
  return keys
}

const membersOf = ({ left, right, isShared }: Pair, id: number): ReadonlySet<number> =>
  new Set([...(left.members[id] ?? []), ...(right.members[id] ?? [])].filter(one => isShared[one] === 1))
