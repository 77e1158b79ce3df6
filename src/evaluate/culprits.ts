import type { Audit } from '../model/audit.ts'
import type { Evaluation } from '../model/evaluation.ts'
import type { NodeError } from '../model/record.ts'
import { bugOn } from './broken.ts'
import { cohortsOf } from './cohorts.ts'

/**
 * After a bug was met: the nodes with which alone it is met again, each with what it said. Where there is none it is no
 * node's, and the bug is thrown on.
 */
export const culpritsOf = async (
  names: readonly string[],
  bug: unknown,
  { doing, attempt }: { readonly doing: string; readonly attempt: (name: string) => Promise<unknown> },
): Promise<ReadonlyMap<string, NodeError>> => {
  const culprits = new Map<string, NodeError>()
  for (const name of names)
    try {
      await attempt(name)
    } catch (error) {
      culprits.set(name, bugOn(name, doing, error))
    }
  if (culprits.size === 0) throw bug
  return culprits
}

/** An audit as if this node were the only one, and no run before it. */
export const auditOfOne = ({ baseline: _none, ...audit }: Audit, name: string): Audit => {
  const nodes = audit.nodes.filter(node => node.name === name)
  return {
    ...audit,
    nodes,
    cohorts: cohortsOf(nodes, audit.checks),
    outliers: audit.outliers.filter(({ node }) => node === name),
  }
}

/** An evaluation without some nodes; or of one alone. */
export const evaluationOf = (
  { audit, facets, ...asked }: Evaluation,
  isIn: (name: string) => boolean,
): Evaluation => ({
  audit: { ...audit, nodes: audit.nodes.filter(({ name }) => isIn(name)) },
  facets: new Map([...facets].filter(([name]) => isIn(name))),
  ...asked,
})
