import type { Baseline } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'

const day = 86_400_000
/** A nightly run that failed for a week is worth a word. */
const stale = 8 * day

const mostNamed = 6
const listed = (names: readonly string[]): string => {
  const more = names.length - mostNamed
  return more > 0 ? `${names.slice(0, mostNamed).join(', ')} and ${more} more checks` : names.join(', ')
}

export interface NotesOptions {
  /** Of this run, epoch milliseconds. */
  readonly startedAt: number
  readonly failOn: 'any' | 'new'
  /** Whether a comparison was asked for. */
  readonly wanted: boolean
}

/** What is to be said of the earlier run itself. */
export const baselineNotes = (
  baseline: Baseline | undefined,
  { startedAt, failOn, wanted }: NotesOptions,
): readonly string[] => {
  if (!baseline) {
    if (failOn === 'new') return ['there is no earlier run to compare with: every failure counts as new']
    return wanted ? ['there is no earlier run to compare with yet: the next run says what changed'] : []
  }
  if (baseline.state === 'unreadable')
    return failOn === 'new' ? ['the earlier run could not be read: every failure counts as new'] : []
  const age = startedAt - baseline.startedAt
  return [
    ...(baseline.missed ?? []).map(
      ({ packages, nodes }) =>
        `${foldNames(nodes)}: rebooted, and the pending update did not come: ${packages.join(', ')} neither ${packages.length === 1 ? 'runs nor is' : 'run nor are'} pending now; it was discarded, or the system fell back to what ran before`,
    ),
    ...(age > stale ? [`the earlier run ${baseline.run} is ${Math.floor(age / day)} days old`] : []),
    ...(baseline.sameTool ? [] : ['the earlier run was collected by another version of sefleet']),
    ...(baseline.newlyAsked.length > 0
      ? [
          `the earlier run ${baseline.run} did not ask what ${listed(baseline.newlyAsked.map(({ check }) => check))} ${baseline.newlyAsked.length === 1 ? 'asks' : 'ask'}: what fails there now is neither new nor known${failOn === 'new' ? ', and does not gate' : ''}`,
        ]
      : baseline.sameProfiles
        ? []
        : ['the earlier run was collected for other profiles: some answers may be missing there']),
  ]
}
