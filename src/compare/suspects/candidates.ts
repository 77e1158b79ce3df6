import { isPolicyPackage } from '../../checks/policy-packages.ts'
import type { PolicyChange } from '../../model/audit.ts'
import type { Cause } from '../../model/drift.ts'
import type { FacetType } from '../../model/facet.ts'
import type { NodeChange } from '../facet-changes.ts'
import type { Candidate } from './rank.ts'

/** Changes that somebody or something made; the others are what follows. */
const causal: ReadonlySet<FacetType> = new Set([
  'package',
  'module',
  'boolean',
  'mode',
  'permissive-domain',
  'kernel',
  'runtime',
  'component',
  'boot',
])

/** What of a node decides the answers that a check reads, by what it reads. */
const deciding: Readonly<Record<string, readonly FacetType[]>> = {
  selinux: ['mode'],
  booleans: ['boolean'],
  modules: ['module'],
  'permissive-types': ['permissive-domain', 'module'],
  runtime: ['runtime'],
  processes: ['runtime', 'component'],
  kernel: ['kernel'],
  'next-boot': ['pending'],
}

/** Answers that the loaded policy makes. */
const byPolicy: ReadonlySet<string> = new Set(['policy', 'denials'])

export interface Changed {
  /** By node: what changed there. */
  readonly changes: ReadonlyMap<string, readonly NodeChange[]>
  readonly policies: readonly PolicyChange[]
}

/**
 * The changes that could be why a check fails now; `said` are its findings. One whose mechanism is known: the check reads the policy, the policy’s
 * meaning changed there, and this is what changes policies; or the check reads the very fact that changed.
 */
export const candidatesFor = (
  { reads, said }: { readonly reads: readonly string[]; readonly said: readonly string[] },
  drifted: ReadonlySet<string>,
  { changes, policies }: Changed,
): readonly Candidate[] => {
  const readsPolicy = reads.some(one => byPolicy.has(one))
  const meanings = new Map(
    policies.flatMap(({ nodes, comparison }) =>
      comparison.state === 'differs' ? nodes.map(node => [node, comparison.lines] as const) : [],
    ),
  )
  const found = new Map<string, { cause: Cause; readonly nodes: Map<string, number | undefined> }>()
  for (const [node, all] of changes)
    for (const { type, name, before, after, change, since } of all) {
      // What the next boot brings has done nothing yet.
      const isCausal = type === 'pending' ? reads.includes('next-boot') : causal.has(type)
      if (!isCausal || change === 'lost') continue
      const isMoment = type === 'boot'
      const cause: Cause = {
        type,
        name,
        ...(before === undefined || isMoment ? {} : { from: before }),
        ...(after === undefined || isMoment ? {} : { to: after }),
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
  return [...found.values()].map(({ cause, nodes }) => {
    const struck = [...nodes.keys()].filter(node => drifted.has(node))
    const changesPolicy =
      (cause.type === 'package' && isPolicyPackage(cause.name)) ||
      cause.type === 'module' ||
      cause.type === 'boolean'
    const isByPolicy =
      readsPolicy && changesPolicy && struck.length > 0 && struck.every(node => meanings.has(node))
    const isFact =
      struck.length > 0 &&
      ((reads.includes('policy-files') && changesPolicy) ||
        (!readsPolicy && reads.some(one => deciding[one]?.includes(cause.type))) ||
        (reads.includes('packages') && said.some(one => one.includes(cause.name))))
    const line = struck.map(node => meanings.get(node)?.[0]).find(one => one !== undefined)
    return {
      cause,
      isMechanism: isByPolicy || isFact,
      nodes,
      evidence: isByPolicy && line !== undefined ? [`the policy changed with it: ${line}`] : [],
    }
  })
}

const withoutFrom = ({ type, name, to }: Cause): Cause => ({
  type,
  name,
  ...(to === undefined ? {} : { to }),
})
