import type { NodeAudit, Outlier } from '../model/audit.ts'
import type { Facets, FacetType } from '../model/facet.ts'

/** Facts in which peers ought to be alike; when they booted and which pods they hold is their own affair. */
const compared: readonly FacetType[] = [
  'mode',
  'package',
  'module',
  'boolean',
  'permissive-domain',
  'kernel',
  'runtime',
  'component',
  'label',
]

/** Fewer peers than this have no majority worth the word. */
const fewest = 3

/** Nodes that are unlike the strict majority of their peers, fact by fact; what could not be read is neither. */
export const outliersOf = (
  nodes: readonly NodeAudit[],
  facets: ReadonlyMap<string, Facets>,
): readonly Outlier[] => {
  const groups = new Map<string, string[]>()
  for (const { name, peers } of nodes) {
    if (peers === undefined || !facets.has(name)) continue
    const group = groups.get(peers)
    if (group) group.push(name)
    else groups.set(peers, [name])
  }
  const found = new Map<string, Outlier['facts'][number][]>()
  for (const members of groups.values())
    if (members.length >= fewest)
      for (const type of compared)
        for (const { node, ...fact } of oddOnes(type, members, facets)) {
          const facts = found.get(node)
          if (facts) facts.push(fact)
          else found.set(node, [fact])
        }
  return nodes.flatMap(({ name, peers }) => {
    const facts = found.get(name)
    return facts && peers !== undefined ? [{ node: name, peers, facts }] : []
  })
}

function* oddOnes(
  type: FacetType,
  members: readonly string[],
  facets: ReadonlyMap<string, Facets>,
): Generator<Outlier['facts'][number] & { readonly node: string }> {
  const read = members.flatMap(node => {
    const facet = facets.get(node)?.[type]
    return facet?.state === 'read' ? [{ node, facet }] : []
  })
  const names = new Set(read.flatMap(({ facet }) => [...facet.items.keys()]))
  for (const name of names) {
    const values = read.flatMap(({ node, facet }) => {
      const value = facet.items.get(name)?.value
      // Not in what was seen of a part of it is not known.
      return value === undefined && !facet.isComplete ? [] : [{ node, value: value ?? 'absent' }]
    })
    if (values.length < fewest) continue
    const counts = new Map<string, number>()
    for (const { value } of values) counts.set(value, (counts.get(value) ?? 0) + 1)
    const [usual, count] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? ['', 0]
    if (count * 2 <= values.length || count === values.length) continue
    for (const { node, value } of values)
      if (value !== usual) yield { node, type, name, value, usual, count, of: values.length }
  }
}
