import { effectiveAt, looksAt } from './effective.ts'
import type { Policy } from '../policy.ts'
import { pairUp, type Pair } from './pair.ts'
import { indexRules, isSame, vectorKinds, type Given, type Place, type RuleIndex } from './rule-index.ts'
import type { Spend } from './work.ts'
import { findSuspects, membersThatChanged, type Suspects } from './suspects.ts'

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
  readonly suspects: Suspects
}

/** Finds out where two policies may differ. */
export const compareRulesOf = (before: Policy, after: Policy, spend: Spend): Compared =>
  compareRules(pairUp(before, after, spend))

export const compareRules = (pair: Pair): Compared => {
  const [left, right] = [indexRules(pair, pair.left), indexRules(pair, pair.right)]
  const changedMembers = membersThatChanged(pair)
  return { pair, left, right, changedMembers, suspects: findSuspects(left, right, changedMembers) }
}

/** The types for which anything may differ, by id. */
export const sourcesInQuestion = ({ pair, suspects, changedMembers }: Compared): ReadonlySet<number> => {
  const sources = new Set<number>()
  for (const source of suspects.sources()) {
    pair.spend((pair.left.members[source]?.length ?? 0) + (pair.right.members[source]?.length ?? 0))
    if (suspects.concernsAll(source)) for (const id of membersOf(pair, source)) sources.add(id)
    else for (const id of changedMembers.get(source) ?? []) sources.add(id)
  }
  return sources
}

/** What differs for one source type; computed for it alone, so that memory stays bounded however much there is. */
export function* changesOf(compared: Compared, source: number): Generator<Changed> {
  const { pair, left, right } = compared
  for (const { kind, target, class: objectClass } of candidates(compared, source)) {
    pair.spend(looksAt(pair.left, source, target) + looksAt(pair.right, source, target))
    const before = effectiveAt(pair.left, left, kind, source, target, objectClass)
    const after = effectiveAt(pair.right, right, kind, source, target, objectClass)
    if (!isSame(before, after)) yield { kind, source, target, class: objectClass, left: before, right: after }
  }
}

// Each kind, target and class once, however many rules point there.
const candidates = (
  { pair, suspects, changedMembers }: Compared,
  source: number,
): Iterable<Omit<Place, 'source'>> => {
  const places = new Map<number, Omit<Place, 'source'>>()
  const own = new Set([...(pair.left.closure[source] ?? []), ...(pair.right.closure[source] ?? [])])
  for (const from of own) {
    for (const { sources, targets, kind, target, class: objectClass } of suspects.of(from)) {
      if (sources === 'changed' && !changedMembers.get(from)?.has(source)) continue
      const reached =
        targets === 'changed' ? (changedMembers.get(target) ?? noMembers) : membersOf(pair, target)
      pair.spend(reached.size)
      for (const to of reached) {
        const key = (to * 0x1_0000 + objectClass) * 4 + vectorKinds.indexOf(kind)
        if (pair.isShared[to] === 1 && !places.has(key))
          places.set(key, { kind, target: to, class: objectClass })
      }
    }
  }
  return places.values()
}

const noMembers: ReadonlySet<number> = new Set()

const membersOf = ({ left, right, isShared }: Pair, id: number): ReadonlySet<number> =>
  new Set([...(left.members[id] ?? []), ...(right.members[id] ?? [])].filter(one => isShared[one] === 1))
