import type { CausePart, Unexplained } from '../../model/drift.ts'
import type { FacetType } from '../../model/facet.ts'
import type { NodeChange } from '../facet-changes.ts'
import type { Pair } from '../pairs.ts'
import { causalTypes } from '../uncompared.ts'

/** What is known of nodes on which a check fails anew and nothing explains it; alike ones together. */
export const unexplained = (
  check: string,
  pairs: readonly Pair[],
  itselfOn: (pair: Pair) => readonly NodeChange[],
  comparedSince: number,
): readonly Unexplained[] => {
  const groups = new Map<string, Unexplained & { readonly nodes: string[]; since?: number }>()
  for (const pair of pairs) {
    // What the next boot brings has done nothing yet.
    const itself = itselfOn(pair)
    const changed = pair.facts.filter(
      one =>
        causalTypes.has(one.type) && one.type !== 'pending' && one.change !== 'lost' && !itself.includes(one),
    )
    const known = {
      check,
      isReinstalled: pair.isReinstalled,
      ...(itself.length === 0 ? {} : { itself: itself.slice(0, mostNames).map(toPart) }),
      changed: [...new Set(changed.map(({ type, name }) => JSON.stringify([type, name])))]
        .slice(0, mostNames)
        .map(one => toSubject(one)),
      uncompared: pair.uncompared,
    }
    const key = JSON.stringify(known)
    const group = groups.get(key) ?? { ...known, nodes: [] }
    group.nodes.push(pair.node)
    const since = momentOf(itself, pair, comparedSince)
    if (since !== undefined) group.since = Math.min(since, group.since ?? since)
    groups.set(key, group)
  }
  return [...groups.values()].toSorted((a, b) => b.nodes.length - a.nodes.length).slice(0, mostGroups)
}

const mostNames = 12
const mostGroups = 6

const toPart = ({ type, name, before, after }: NodeChange): CausePart => ({
  type,
  name,
  ...(before === undefined ? {} : { from: before }),
  ...(after === undefined ? {} : { to: after }),
})

// Mode and modules have no time of their own: the log tells when the mode was changed while the system ran, or a policy loaded.
const momentOf = (
  itself: readonly NodeChange[],
  { after }: Pair,
  comparedSince: number,
): number | undefined => {
  const at = itself.some(({ type, name }) => type === 'mode' && name === 'running')
    ? after.denialLog?.modeChangedAt
    : itself.some(({ type }) => type === 'module')
      ? after.denialLog?.policyLoadedAt
      : undefined
  const all = [at, ...itself.map(({ since }) => since)].filter(one => one !== undefined)
  const known = all.filter(one => one > comparedSince)
  return known.length > 0 ? Math.min(...known) : undefined
}

const toSubject = (text: string): Unexplained['changed'][number] => {
  const [type, name] = JSON.parse(text) as [FacetType, string] // as it was put together above
  return { type, name }
}
