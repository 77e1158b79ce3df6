import type { CheckInfo, NodeAudit } from '../model/audit.ts'
import type { ChangeKind } from '../model/drift.ts'
import type { Outcome, Status } from '../model/outcome.ts'
import { bySeverity, type Severity } from '../model/severity.ts'

/** One check that came out otherwise on one node. */
export interface OutcomeChange {
  readonly check: string
  readonly change: ChangeKind
  readonly before: string
  readonly after: string
  readonly severity: Severity
}

/** What came out otherwise on a node that was asked both times; both were judged by the same profiles. */
export const outcomeChanges = (
  before: Pick<NodeAudit, 'outcomes'>,
  after: Pick<NodeAudit, 'outcomes'>,
  checks: readonly CheckInfo[],
): readonly OutcomeChange[] =>
  checks.flatMap((check, column) => {
    const [then, now] = [before.outcomes[column], after.outcomes[column]]
    if (!then || !now || isNewlyAsked(then, now)) return []
    const change = changeOf(then, now)
    if (change === undefined) return []
    const severity = [then, now]
      .filter(({ status }) => status === 'fail')
      .map(one => one.severity)
      .toSorted(bySeverity)[0]
    return [
      {
        check: check.id,
        change,
        before: words(then),
        after: words(now),
        severity: severity ?? check.severity,
      },
    ]
  })

/** A failure of which the earlier run says nothing, since it did not ask: no change of the node. */
export const isNewlyAsked = (then: Outcome, now: Outcome): boolean =>
  then.unasked === true && now.status === 'fail'

const changeOf = (then: Outcome, now: Outcome): ChangeKind | undefined => {
  const [was, is] = [then.status, now.status]
  if (is === 'fail') {
    if (was === 'unknown') return 'appeared'
    if (was !== 'fail') return 'regressed'
    // What weighed less then, and weighs more now, is no longer the failure that was known.
    if (bySeverity(now.severity, then.severity) < 0) return 'regressed'
    return keysOf(then) === keysOf(now) ? undefined : 'changed'
  }
  if (was === is || was === 'unknown') return undefined
  if (is === 'unknown') return 'lost'
  if (is === 'not-applicable') return 'vanished'
  return was === 'fail' ? 'fixed' : undefined
}

// Keys are without pid, categories, counts and times.
const keysOf = ({ findings }: Outcome): string =>
  (findings ?? [])
    .map(({ key }) => key)
    .toSorted()
    .join('\n')

const statusWords: Readonly<Record<Status, string>> = {
  fail: 'fails',
  unknown: 'unknown',
  pass: 'passes',
  'not-applicable': 'not applicable',
}

const words = ({ status, findings, reason }: Outcome): string =>
  status === 'fail'
    ? `fails: ${(findings ?? [])
        .slice(0, 2)
        .map(({ message }) => message)
        .join('; ')}`
    : status === 'unknown'
      ? `unknown: ${reason ?? ''}`
      : statusWords[status]
