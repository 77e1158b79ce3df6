import type { MissedUpdate } from '../model/drift.ts'
import type { Facets } from '../model/facet.ts'
import type { Pair } from './pairs.ts'

/**
 * Nodes that were booted and did not come up with what was pending: it neither runs now nor is it pending any longer. Somebody
 * discarded it, or the system fell back to what ran before. Said only where all of it was read.
 */
export const missedUpdates = (
  pairs: readonly Pair[],
  before: ReadonlyMap<string, Facets>,
  after: ReadonlyMap<string, Facets>,
): readonly MissedUpdate[] => {
  const found = new Map<string, { readonly packages: readonly string[]; readonly nodes: string[] }>()
  for (const { node, facts, isReinstalled } of pairs) {
    const [was, is] = [before.get(node), after.get(node)]
    const isBooted = facts.some(({ type, change }) => type === 'boot' && change === 'changed')
    if (!was || !is || !isBooted || isReinstalled) continue
    const packages = missedOn(was, is)
    if (packages.length === 0) continue
    const key = packages.join('\n')
    const known = found.get(key) ?? { packages, nodes: [] }
    known.nodes.push(node)
    found.set(key, known)
  }
  return [...found.values()]
}

const missedOn = (was: Facets, is: Facets): readonly string[] => {
  const [waited, waits, had, has] = [was.pending, is.pending, was.package, is.package]
  if (waited.state !== 'read' || waits.state !== 'read' || had.state !== 'read' || has.state !== 'read')
    return []
  if (!waits.isComplete || !has.isComplete) return []
  return [...waited.items].flatMap(([name, { value }]) => {
    // Another version that waits, or runs, stands for it.
    const isMissed = !waits.items.has(name) && had.items.get(name)?.value === has.items.get(name)?.value
    return isMissed ? [`${name} ${value}`] : []
  })
}
