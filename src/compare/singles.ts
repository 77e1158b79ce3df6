import { denialChanges } from './denial-changes.ts'
import type { NodeChange } from './facet-changes.ts'
import type { Single } from './fold.ts'
import type { Pair } from './pairs.ts'

/** All that is otherwise on one node, one by one: checks, facts, denials. */
export const singlesOf = (pair: Pair): readonly Single[] => {
  const { node, facts, outcomes } = pair
  const checks = outcomes.map(({ check, change, before, after, severity }): Single => ({
    node,
    subject: { type: 'check', name: check },
    change,
    before,
    after,
    severity,
  }))
  // All facts of another machine differ: that it is another one says it.
  if (pair.isReinstalled)
    return [...checks, { node, subject: { type: 'node', name: 're-installed' }, change: 'changed' }]
  return [
    ...checks,
    ...facts.map(change => factSingle(node, change)),
    ...denialChanges(node, pair.before, pair.after),
  ]
}

const factSingle = (
  node: string,
  { type, name, change, before, after, since, direction }: NodeChange,
): Single => ({
  node,
  subject: { type, name },
  change,
  // Moments differ on every node; that there was one is what they share.
  ...(before === undefined || moments.has(type) ? {} : { before }),
  ...(after === undefined || moments.has(type) ? {} : { after }),
  ...(since === undefined ? {} : { since }),
  ...(direction === undefined ? {} : { direction }),
})

const moments: ReadonlySet<string> = new Set(['boot', 'restart'])
