import type { Audit, Baseline, NodeAudit } from '../model/audit.ts'
import type { Outcome } from '../model/outcome.ts'
import { bySeverity } from '../model/severity.ts'

/**
 * What an update took away is no stranger’s odd access, whatever its check weighs: something was allowed it, and lives without it now. A
 * failure that is shown to come of that is high at least; one that only informs stays what it is.
 */
export const raiseLostAccess = (audit: Audit, baseline: Baseline | undefined): Audit => {
  if (baseline?.state !== 'compared') return audit
  const lost = baseline.suspects.flatMap(({ evidence, check, nodes }) =>
    evidence.flatMap(one =>
      one.shows === 'policy' && one.effect.told === 'access' && one.effect.change === 'lost'
        ? [{ check, nodes: new Set(nodes), access: one.effect }]
        : [],
    ),
  )
  if (lost.length === 0) return audit
  const raised = (outcome: Outcome, { name, denials }: NodeAudit): Outcome => {
    if (outcome.status !== 'fail' || outcome.severity === 'info') return outcome
    if (bySeverity(outcome.severity, 'high') <= 0) return outcome
    const isLost = lost.some(
      ({ check, nodes, access }) =>
        check === outcome.check &&
        nodes.has(name) &&
        // What is only logged is still allowed.
        denials.some(
          one =>
            one.active &&
            one.enforced &&
            one.source === access.source &&
            one.target === access.target &&
            one.class === access.class,
        ),
    )
    if (!isLost) return outcome
    const { lowered: _lowered, ...rest } = outcome
    return { ...rest, severity: 'high', raised: 'the policy of the earlier run allowed what is refused now' }
  }
  return {
    ...audit,
    nodes: audit.nodes.map(node => ({
      ...node,
      outcomes: node.outcomes.map(outcome => raised(outcome, node)),
    })),
  }
}
