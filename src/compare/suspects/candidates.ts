import { isPolicyPackage } from '../../checks/policy-packages.ts'
import type { PolicyChange } from '../../model/audit.ts'
import { isPackagedContextFile } from '../../model/context-files.ts'
import type { Cause } from '../../model/drift.ts'
import { bringsComponent } from '../../model/brought-by.ts'
import type { FacetType } from '../../model/facet.ts'
import type { Pair } from '../pairs.ts'
import { causalTypes } from '../uncompared.ts'

/** Something that changed on nodes, with the moment it came to each, where that is known (epoch seconds). */
export interface Candidate {
  readonly cause: Cause
  readonly nodes: ReadonlyMap<string, number | undefined>
}

/** All that could be a cause, whatever the check: changes alike on several nodes are one. */
export const candidatesIn = (pairs: readonly Pair[], comparedSince: number): readonly Candidate[] =>
  gathered(pairs, causalTypes, comparedSince)

/** Policies that changed: the cause where nothing else is that could have changed them. */
export const policyCandidate = (
  pairs: readonly Pair[],
  policies: readonly PolicyChange[],
  comparedSince: number,
): Candidate => {
  const moved = new Set(
    policies.flatMap(({ nodes, comparison }) => (comparison.state === 'differs' ? nodes : [])),
  )
  return {
    cause: { type: 'policy', name: 'loaded' },
    nodes: new Map(
      pairs
        .filter(({ node }) => moved.has(node))
        .map(({ node, after: { denialLog } }) => {
          const loadedAt = denialLog?.policyLoadedAt
          return [node, loadedAt !== undefined && loadedAt > comparedSince ? loadedAt : undefined]
        }),
    ),
  }
}

/** What makes latent damage come true: a restart, or a reboot that restarts all. */
export const restartsIn = (pairs: readonly Pair[]): readonly Candidate[] => {
  const boots = gathered(pairs, new Set<FacetType>(['boot']))
  const rebooted = new Set(boots.flatMap(({ nodes }) => [...nodes.keys()]))
  return [
    ...boots,
    ...gathered(
      pairs.filter(({ node }) => !rebooted.has(node)),
      new Set(['restart']),
    ),
  ]
}

const gathered = (
  pairs: readonly Pair[],
  types: ReadonlySet<FacetType>,
  comparedSince = 0,
): readonly Candidate[] => {
  const found = new Map<string, { cause: Cause; readonly nodes: Map<string, number | undefined> }>()
  for (const { node, facts, isReinstalled } of pairs) {
    if (isReinstalled) continue
    for (const { type, name, before, after, change, since: stamp } of facts) {
      if (!types.has(type) || change === 'lost') continue
      // What was not there in the earlier run came after it, whatever its stamp says: an image and a tarball keep their builder’s.
      const since = stamp !== undefined && stamp < comparedSince ? undefined : stamp
      // A version that a package brought is that package’s: it can be taken back.
      if (
        type === 'component' &&
        facts.some(one => one.type === 'package' && bringsComponent(one.name, name))
      )
        continue
      // Packages write the policy’s file contexts: their edit is the package’s.
      if (
        type === 'file' &&
        isPackagedContextFile(name) &&
        facts.some(one => one.type === 'package' && isPolicyPackage(one.name))
      )
        continue
      // Moments differ on every node, and so may the contents of a file: that it changed is what they share.
      const isUntold = type === 'boot' || type === 'restart' || type === 'file'
      const cause: Cause = {
        type,
        name,
        ...(before === undefined || isUntold ? {} : { from: before }),
        ...(after === undefined || isUntold ? {} : { to: after }),
      }
      const key = JSON.stringify([type, name, cause.to])
      const known = found.get(key)
      if (!known) found.set(key, { cause, nodes: new Map([[node, since]]) })
      else {
        known.nodes.set(node, since)
        // Nodes that came from different versions share what they came to.
        if (known.cause.from !== cause.from) known.cause = withoutFrom(known.cause)
      }
    }
  }
  return [...found.values()]
}

const withoutFrom = ({ type, name, to }: Cause): Cause => ({
  type,
  name,
  ...(to === undefined ? {} : { to }),
})
