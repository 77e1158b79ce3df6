import type { Outcome } from './outcome.ts'
import type { NodeError, NodeStatus } from './record.ts'
import { gates, type GateLevel } from './severity.ts'

/**
 * Whether an outcome counts at the gate: bad enough, and not a failure that is waived or, where only new ones count, known
 * from the earlier run. Unknown is never waived.
 */
export const gatesAt = (
  { severity, status, waived, known }: Pick<Outcome, 'severity' | 'status' | 'waived' | 'known'>,
  level: GateLevel,
): boolean => gates(severity, level) && !(status === 'fail' && (waived !== undefined || known !== undefined))

/** Whether a bug of ours kept a node that answered from being judged: that gates at every level. */
export const isBroken = ({
  status,
  error,
}: {
  readonly status: NodeStatus
  readonly error?: NodeError
}): boolean => status === 'partial' && error?.code === 'internal'
