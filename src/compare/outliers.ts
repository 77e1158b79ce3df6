import type { NodeAudit, Outlier } from '../model/audit.ts'
import type { Facets, FacetType } from '../model/facet.ts'
import { maskOwn } from '../model/mask.ts'

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

/**
 * Nodes that are unlike the strict majority of their peers, fact by fact and check by check; what could not be read, or judged, is
 * neither. Names of nodes in values are masked: a value that differs by them alone is the same.
 */
export const outliersOf = (
  nodes: readonly NodeAudit[],
  facets: ReadonlyMap<string, Facets>,
): readonly Outlier[] => {
  const audits = new Map(nodes.map(node => [node.name, node]))
  const groups = new Map<string, string[]>()
  for (const { name, peers } of nodes) {
    if (peers === undefined || !facets.has(name)) continue
    const group = groups.get(peers)
    if (group) group.push(name)
    else groups.set(peers, [name])
  }
  const found = new Map<string, Outlier['facts'][number][]>()
  for (const members of groups.values())
    if (members.length >= fewest) {
      const own = members.flatMap(name => audits.get(name) ?? [])
      const odd = [...compared.flatMap(type => oddFacts(type, own, facets)), ...oddChecks(own)]
      const better = betterThanMost(own)
      for (const { node, ...fact } of odd) {
        if (better.has(node) && brought.has(fact.type)) continue
        const facts = found.get(node)
        if (facts) facts.push(fact)
        else found.set(node, [fact])
      }
    }
  return nodes.flatMap(({ name, peers }) => {
    const facts = found.get(name)
    return facts && peers !== undefined ? [{ node: name, peers, facts }] : []
  })
}

/** Far more than a node has of a kind; a hostile one names as many as it likes. */
const mostNames = 2000

type Odd = Outlier['facts'][number] & { readonly node: string }

const oddFacts = (
  type: FacetType,
  members: readonly NodeAudit[],
  facets: ReadonlyMap<string, Facets>,
): readonly Odd[] => {
  const read = members.flatMap(node => {
    const facet = facets.get(node.name)?.[type]
    return facet?.state === 'read' ? [{ node, facet }] : []
  })
  const names = new Set(read.flatMap(({ facet }) => [...facet.items.keys()]))
  return [...names].slice(0, mostNames).flatMap(name =>
    unlikeMost(
      type,
      name,
      read.flatMap(({ node, facet }) => {
        const value = facet.items.get(name)?.value
        // Not in what was seen of a part of it is not known.
        if (value === undefined && !facet.isComplete) return []
        return [{ node: node.name, value: value === undefined ? 'absent' : maskOwn(value, node) }]
      }),
    ),
  )
}

const oddChecks = (members: readonly NodeAudit[]): readonly Odd[] =>
  (members[0]?.outcomes ?? []).flatMap(({ check }, column) =>
    unlikeMost(
      'check',
      check,
      members.flatMap(({ name, outcomes }) => {
        const outcome = outcomes[column]
        if (outcome === undefined || outcome.status === 'unknown' || outcome.severity === 'info') return []
        return [{ node: name, value: words[outcome.status] }]
      }),
    ),
  )

// What an update brings to the one node that is well is not what is odd there: that most of its peers fail is.
const brought: ReadonlySet<Outlier['facts'][number]['type']> = new Set([
  'package',
  'component',
  'module',
  'file-context',
])

const betterThanMost = (members: readonly NodeAudit[]): ReadonlySet<string> => {
  const better = new Set<string>()
  for (const column of (members[0]?.outcomes ?? []).keys()) {
    const failing = members.filter(
      ({ outcomes: { [column]: one } }) => one?.status === 'fail' && one.severity !== 'info',
    )
    if (failing.length * 2 > members.length)
      for (const { name, outcomes } of members) if (outcomes[column]?.status === 'pass') better.add(name)
  }
  return better
}

const words = { fail: 'fails', pass: 'passes', 'not-applicable': 'not applicable' } as const

const unlikeMost = (
  type: Odd['type'],
  name: string,
  values: readonly { readonly node: string; readonly value: string }[],
): readonly Odd[] => {
  if (values.length < fewest) return []
  const counts = new Map<string, number>()
  for (const { value } of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const [usual, count] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? ['', 0]
  if (count * 2 <= values.length || count === values.length) return []
  return values
    .filter(({ value }) => value !== usual)
    .map(one => ({ ...one, type, name, usual, count, of: values.length }))
}
