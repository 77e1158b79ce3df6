import type { NodeAudit } from '../../model/audit.ts'
import type { JudgedDenial } from '../../model/denial.ts'
import type { CheckInfo } from '../../model/audit.ts'

/** What told first, on a node, that a check fails there. */
export interface Sign {
  /** Epoch seconds, this machine’s clock. */
  readonly at: number
}

/**
 * The first denial that belongs to a failing check: its own, or those of a check that fails because of it. Undefined where none
 * does: an old denial of another sort says nothing about it.
 */
export const firstSign = (
  check: CheckInfo,
  checks: readonly CheckInfo[],
  node: NodeAudit,
): Sign | undefined => {
  const telling = checks.some(
    (other, column) =>
      other.reads.includes('denials') &&
      node.outcomes[column]?.status === 'fail' &&
      (other.id === check.id || node.outcomes[column]?.consequenceOf === check.id),
  )
  if (!telling) return undefined
  const times = denialsOf(node).map(({ firstSeen }) => firstSeen)
  return times.length > 0 ? { at: Math.min(...times) } : undefined
}

/** The active denials that tell of trouble: those of a known kind, or where there is none of these, all. */
export const denialsOf = ({ denials }: Pick<NodeAudit, 'denials'>): readonly JudgedDenial[] => {
  const active = denials.filter(one => one.active)
  const known = active.filter(({ signature }) => signature !== undefined)
  return known.length > 0 ? known : active
}
