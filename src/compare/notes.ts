import type { Baseline } from '../model/audit.ts'

const day = 86_400_000
/** A nightly run that failed for a week is worth a word. */
const stale = 8 * day

/** What is to be said of the earlier run itself. `startedAt` of this one, epoch milliseconds. */
export const baselineNotes = (
  baseline: Baseline | undefined,
  startedAt: number,
  failOn: 'any' | 'new',
): readonly string[] => {
  if (!baseline)
    return failOn === 'new' ? ['there is no earlier run to compare with: every failure counts as new'] : []
  if (baseline.state === 'unreadable')
    return failOn === 'new' ? ['the earlier run could not be read: every failure counts as new'] : []
  const age = startedAt - baseline.startedAt
  return [
    ...(age > stale ? [`the earlier run ${baseline.run} is ${Math.floor(age / day)} days old`] : []),
    ...(baseline.sameTool ? [] : ['the earlier run was collected by another version of sefleet']),
    ...(baseline.sameProfiles
      ? []
      : ['the earlier run was collected for other profiles: some answers may be missing there']),
  ]
}
