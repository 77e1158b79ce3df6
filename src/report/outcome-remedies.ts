import type { CheckInfo } from '../model/audit.ts'
import type { Outcome } from '../model/outcome.ts'
import { remediesOf } from './problems.ts'

/** What to do about one outcome on its node. A consequence’s own cure may be the opposite of what its cause needs: that comes first. */
export const remediesHere = (
  check: CheckInfo,
  { status, findings = [], consequenceOf, next }: Outcome,
): readonly string[] => {
  if (consequenceOf !== undefined) return [`Mend ${consequenceOf} first; then look again.`]
  // What mends a failure may harm where none was seen.
  if (status !== 'fail') return next === undefined ? [] : [next]
  return remediesOf(
    findings.map(one => ({ ...one, nodes: [] })),
    check,
  )
}
