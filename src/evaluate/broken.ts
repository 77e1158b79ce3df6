import type { Audit, CheckInfo, NodeAudit } from '../model/audit.ts'
import type { Outcome } from '../model/outcome.ts'
import type { NodeError } from '../model/record.ts'
import { cohortsOf } from './cohorts.ts'
import { verdictOf, type AllowMissing } from './verdict.ts'

/** What a bug of ours says, for the record of the node on which it was met. */
export const bugOn = (node: string, doing: string, error: unknown): NodeError => {
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return {
    code: 'internal',
    stage: 'evaluate',
    sentence: `node ${node}: sefleet failed while it ${doing}: ${said.slice(0, 300)}`,
  }
}

/** A node that a bug of ours kept from being judged: nothing of it is known, and nothing of the others is touched. */
export const brokenNode = (
  { name, address, groups }: Pick<NodeAudit, 'name' | 'address' | 'groups'>,
  checks: readonly Pick<CheckInfo, 'id' | 'severity'>[],
  error: NodeError,
): NodeAudit => ({
  name,
  address,
  status: 'partial',
  error,
  groups,
  facts: {},
  outcomes: checks.map(({ id, severity }): Outcome => ({
    check: id,
    status: 'unknown',
    severity,
    reason: error.sentence.replace(`node ${name}: `, ''),
  })),
  denials: [],
})

/** The same audit once a bug was met on some of its nodes after they were judged; the verdict is made anew. */
export const withBroken = (
  audit: Audit,
  bugs: ReadonlyMap<string, NodeError>,
  allowMissing: AllowMissing,
): Audit => {
  const nodes = audit.nodes.map(node => {
    const error = bugs.get(node.name)
    return error ? brokenNode(node, audit.checks, error) : node
  })
  return {
    ...audit,
    nodes,
    cohorts: cohortsOf(nodes, audit.checks),
    outliers: audit.outliers.filter(({ node }) => !bugs.has(node)),
    verdict: verdictOf(nodes, { gate: audit.verdict.gate, allowMissing }),
  }
}
