import type { Audit, PolicyChange } from '../model/audit.ts'
import type { FleetPolicies } from '../policy/fleet/fleet-policies.ts'

/** Changes that are looked into; more distinct ones than this are a fleet in turmoil, and only counted. */
const mostCompared = 25

/**
 * Nodes whose loaded policy is another one than before, by the pair of policies, most nodes first. Bytes that differ may mean
 * the same: a kernel writes what it was given, in its own order.
 */
export const policyChanges = async (
  before: ReadonlyMap<string, string>,
  { nodes }: Pick<Audit, 'nodes'>,
  fleet: FleetPolicies,
): Promise<readonly PolicyChange[]> => {
  const moved = new Map<string, { readonly from: string; readonly to: string; readonly nodes: string[] }>()
  for (const { name, facts } of nodes) {
    const [from, to] = [before.get(name), facts.policySha256]
    if (from === undefined || to === undefined || from === to) continue
    const key = `${from} ${to}`
    const known = moved.get(key)
    if (known) known.nodes.push(name)
    else moved.set(key, { from, to, nodes: [name] })
  }
  const changes: PolicyChange[] = []
  for (const move of [...moved.values()].toSorted((a, b) => b.nodes.length - a.nodes.length))
    changes.push({
      ...move,
      comparison:
        changes.length < mostCompared
          ? await fleet.compare(move.from, move.to)
          : { state: 'unknown', why: `policies changed in more than ${mostCompared} ways` },
    })
  return changes
}
