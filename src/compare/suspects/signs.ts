import type { CheckInfo, NodeAudit } from '../../model/audit.ts'
import { isKnown, type JudgedDenial } from '../../model/denial.ts'

/**
 * When the first denial came that belongs to a failing check: that its own findings name, or those of a check that fails because of it.
 * Epoch seconds; undefined where none does: an old denial of another sort says nothing about it, nor does one from when the check passed.
 */
export const firstSign = (
  check: CheckInfo,
  checks: readonly CheckInfo[],
  node: NodeAudit,
  comparedSince: number,
): number | undefined => {
  const said = checks.flatMap((other, column) => {
    const outcome = node.outcomes[column]
    const isTelling =
      other.reads.includes('denials') &&
      outcome?.status === 'fail' &&
      (other.id === check.id || outcome.consequenceOf === check.id)
    return isTelling ? (outcome.findings ?? []).map(({ message }) => message) : []
  })
  if (said.length === 0) return undefined
  const times = denialsOf(node)
    .filter(({ source, target, class: className }) =>
      said.some(message => message.includes(`${source} → ${target}:${className} `)),
    )
    .map(({ firstSeen }) => firstSeen)
    .filter(at => at > comparedSince)
  return times.length > 0 ? Math.min(...times) : undefined
}

/** The active denials that findings name, of a known kind or not; where they name none, those that tell of trouble. */
export const denialsNamed = (
  node: Pick<NodeAudit, 'denials'>,
  said: readonly string[],
): readonly JudgedDenial[] => {
  const named = node.denials.filter(
    ({ active, owner, source, target, class: className }) =>
      active && owner !== 'login' && said.some(text => text.includes(`${source} → ${target}:${className} `)),
  )
  return named.length > 0 ? named : denialsOf(node)
}

/** The active denials that tell of trouble, and nobody typed: those of a known kind, or where there is none of these, all. */
export const denialsOf = ({ denials }: Pick<NodeAudit, 'denials'>): readonly JudgedDenial[] => {
  const active = denials.filter(one => one.active && one.owner !== 'login')
  const known = active.filter(one => isKnown(one))
  return known.length > 0 ? known : active
}
