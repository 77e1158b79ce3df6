import type { CheckInfo } from '../model/audit.ts'
import type { Outcome } from '../model/outcome.ts'
import { remediesOf } from './problems.ts'

/** What to do about one outcome on its node. A consequence’s own cure may be the opposite of what its cause needs: that comes first. */
export const remediesHere = (
  check: CheckInfo,
  { findings = [], consequenceOf }: Outcome,
): readonly string[] =>
  consequenceOf === undefined
    ? remediesOf(
        findings.map(one => ({ ...one, nodes: [] })),
        check,
      )
    : [`Mend ${consequenceOf} first; then look again.`]
