import type { Unexplained } from '../../model/drift.ts'
import type { FacetType } from '../../model/facet.ts'
import type { Pair } from '../pairs.ts'
import { causalTypes } from '../uncompared.ts'

/** What is known of nodes on which a check fails anew and nothing explains it; alike ones together. */
export const unexplained = (check: string, pairs: readonly Pair[]): readonly Unexplained[] => {
  const groups = new Map<string, Unexplained & { readonly nodes: string[] }>()
  for (const pair of pairs) {
    // What the next boot brings has done nothing yet.
    const changed = pair.facts.filter(
      ({ type, change }) => causalTypes.has(type) && type !== 'pending' && change !== 'lost',
    )
    const known = {
      check,
      isReinstalled: pair.isReinstalled,
      changed: [...new Set(changed.map(({ type, name }) => JSON.stringify([type, name])))]
        .slice(0, mostNames)
        .map(one => toSubject(one)),
      uncompared: pair.uncompared,
    }
    const key = JSON.stringify(known)
    const group = groups.get(key) ?? { ...known, nodes: [] }
    group.nodes.push(pair.node)
    groups.set(key, group)
  }
  return [...groups.values()].toSorted((a, b) => b.nodes.length - a.nodes.length).slice(0, mostGroups)
}

const mostNames = 12
const mostGroups = 6

const toSubject = (text: string): Unexplained['changed'][number] => {
  const [type, name] = JSON.parse(text) as [FacetType, string] // as it was put together above
  return { type, name }
}
