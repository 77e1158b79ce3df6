import { isPolicyPackage } from '../../checks/policy-packages.ts'
import type { PolicyChange } from '../../model/audit.ts'
import type { Knowledge } from '../../model/check.ts'
import { isPackagedContextFile } from '../../model/context-files.ts'
import type { Bringer, Cause } from '../../model/drift.ts'
import { bringsComponent } from '../../model/brought-by.ts'
import type { FacetType } from '../../model/facet.ts'
import type { Pair } from '../pairs.ts'
import { causalTypes } from '../uncompared.ts'
import { broughtIn, type Brought } from './brought.ts'

/** Something that changed on nodes, with the moment it came to each, where that is known (epoch seconds). */
export interface Candidate {
  readonly cause: Cause
  readonly nodes: ReadonlyMap<string, number | undefined>
  /** What brought it to all of its nodes: candidates with the same key came together to the same nodes. */
  readonly origin?: { readonly by: Bringer; readonly key: string }
}

/** All that could be a cause, whatever the check: changes alike on several nodes are one. */
export const candidatesIn = (
  pairs: readonly Pair[],
  comparedSince: number,
  { policyModules }: Pick<Knowledge, 'policyModules'>,
): readonly Candidate[] =>
  gathered(
    pairs,
    // Another domain follows from something else, and is told where nothing else is.
    new Set([...causalTypes, 'domain']),
    comparedSince,
    policyModules.map(({ module }) => module),
  )

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
  modules: readonly string[] = [],
): readonly Candidate[] => {
  const found = new Map<string, Gathered>()
  for (const pair of pairs) {
    const { node, facts, isReinstalled } = pair
    if (isReinstalled) continue
    const allBrought = broughtIn(pair, modules)
    for (const fact of facts) {
      const { type, name, before, after, change, direction } = fact
      if (!types.has(type) || change === 'lost') continue
      const brought = allBrought.get(fact)
      const stamp = brought?.since ?? fact.since
      // What was not there in the earlier run came after it, whatever its stamp says: an image and a tarball keep their builder’s.
      const since = stamp !== undefined && stamp < comparedSince ? undefined : stamp
      // A version that a package brought is that package’s: it can be taken back.
      if (
        type === 'component' &&
        facts.some(other => other.type === 'package' && bringsComponent(other.name, name))
      )
        continue
      // Packages write the policy’s file contexts: their edit is the package’s.
      if (
        type === 'file' &&
        isPackagedContextFile(name) &&
        facts.some(other => other.type === 'package' && isPolicyPackage(other.name))
      )
        continue
      // Moments differ on every node, and so may the contents of a file: that it changed is what they share.
      const isUntold = type === 'boot' || type === 'restart' || type === 'file'
      const cause: Cause = {
        type,
        name,
        ...(before === undefined || isUntold ? {} : { from: before }),
        ...(after === undefined || isUntold ? {} : { to: after }),
        ...(direction === 'down' ? { direction } : {}),
      }
      const key = JSON.stringify([type, name, cause.to])
      const known: Gathered = found.get(key) ?? { cause, nodes: new Map(), brought: [] }
      found.set(key, known)
      known.nodes.set(node, since)
      known.brought.push([node, brought])
      // Nodes that came from different versions share what they came to.
      if (known.cause.from !== cause.from) known.cause = withoutFrom(known.cause)
    }
  }
  return [...found.values()].map(({ cause, nodes, brought }) => ({ cause, nodes, ...originOf(brought) }))
}

interface Gathered {
  cause: Cause
  readonly nodes: Map<string, number | undefined>
  readonly brought: (readonly [node: string, Brought | undefined])[]
}

// Known only where every node says it, and says the same sort.
const originOf = (brought: Gathered['brought']): Pick<Candidate, 'origin'> => {
  const by = brought[0]?.[1]?.by
  if (by === undefined || brought.some(([, one]) => one?.by !== by)) return {}
  return { origin: { by, key: JSON.stringify(brought.map(([node, one]) => [node, one?.key])) } }
}

const withoutFrom = ({ type, name, to, direction }: Cause): Cause => ({
  type,
  name,
  ...(direction ? { direction } : {}),
  ...(to === undefined ? {} : { to }),
})
