import { facetTypes } from '../../model/facet.ts'
import type { Weighed } from './rank.ts'

/**
 * What came together and bears alike on the nodes is one candidate, with several names: nothing but a guess could tell its parts
 * apart, and it can only be taken back as a whole.
 */
export const joinTogether = (weighed: readonly Weighed[]): readonly Weighed[] => {
  const groups = new Map<string, Weighed[]>()
  for (const [index, one] of weighed.entries()) {
    const key = one.origin === undefined ? `${index}` : JSON.stringify([one.origin.key, bearingOf(one)])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()].flatMap(members => {
    const [first, ...others] = members.toSorted(byName)
    return first ? [joined(first, others)] : []
  })
}

const byName = ({ cause: a }: Weighed, { cause: b }: Weighed): number =>
  facetTypes.findIndex(type => type === a.type) - facetTypes.findIndex(type => type === b.type) ||
  (a.name < b.name ? -1 : 1)

const bearingOf = ({ reached, excluded, advised }: Weighed) => [
  [...reached].toSorted(),
  [...excluded].toSorted(),
  advised,
]

const joined = (first: Weighed, others: readonly Weighed[]): Weighed => {
  if (others.length === 0 || !first.origin) return first
  const timeOn = (node: string): number | undefined =>
    [first, ...others].map(({ nodes }) => nodes.get(node)).find(at => at !== undefined)
  return {
    ...first,
    cause: {
      ...first.cause,
      together: { by: first.origin.by, with: others.map(({ cause }) => cause) },
    },
    nodes: new Map([...first.nodes.keys()].map(node => [node, timeOn(node)])),
    evidence: [...new Set([first, ...others].flatMap(({ evidence }) => evidence))],
  }
}
