import type { NodeAudit } from '../model/audit.ts'
import type { Evaluation } from '../model/evaluation.ts'
import type { FacetType } from '../model/facet.ts'
import { facetChanges, type NodeChange } from './facet-changes.ts'
import { outcomeChanges, type OutcomeChange } from './outcome-changes.ts'
import { uncompared } from './uncompared.ts'

/** A node that answered both times, and what is otherwise about it; times are this machine’s. */
export interface Pair {
  readonly node: string
  readonly before: NodeAudit
  readonly after: NodeAudit
  readonly facts: readonly NodeChange[]
  readonly outcomes: readonly OutcomeChange[]
  /** Kinds of causes that could not be read in one of the runs. */
  readonly uncompared: readonly FacetType[]
  /** Another machine has its name: all of its facts differ, and none of them is a cause. */
  readonly isReinstalled: boolean
}

/** The nodes that answered both times. */
export const pairsOf = (before: Evaluation, after: Evaluation): readonly Pair[] => {
  const then = new Map(before.audit.nodes.map(node => [node.name, node]))
  return after.audit.nodes.flatMap((node): Pair[] => {
    const earlier = then.get(node.name)
    if (!earlier || earlier.status === 'missing' || node.status === 'missing') return []
    const [was, is] = [before.facets.get(node.name), after.facets.get(node.name)]
    const clocks = { before: earlier.clockAhead ?? 0, after: node.clockAhead ?? 0 }
    const facts = was && is ? facetChanges(was, is, clocks) : []
    return [
      {
        node: node.name,
        before: earlier,
        after: node,
        facts,
        uncompared: was && is ? uncompared(was, is) : [],
        outcomes: outcomeChanges(earlier, node, after.audit.checks),
        isReinstalled: facts.some(({ type, change }) => type === 'machine' && change === 'changed'),
      },
    ]
  })
}
