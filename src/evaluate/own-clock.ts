import type { ProbeName, ProbeValues } from '../model/ask.ts'
import { limits } from '../model/limits.ts'
import { isMoment } from '../model/ranges.ts'
import { unreadable, type Reading } from '../model/reading.ts'
import type { NodeRecord } from '../model/record.ts'
import { clockDoubt } from './clock.ts'

/** The answers may be as much younger than the clock was read as a run may take, and some. */
const slack = 2 * limits.nodeSeconds

/** A node's present as it told it: epoch seconds; where it did not, or its clock is out of range, that of the machine that asked. */
export const presentOf = ({ clock, askedAt }: NodeRecord): number =>
  clock && isMoment(clock.epoch) ? clock.epoch : askedAt / 1000

/**
 * A reading without what lies in the node's own future. A boot or a list of processes from there is nonsense; a log may
 * hold such records, for a clock was set back: a load of the policy that is yet to come ends no denial.
 */
export const withoutFuture = <Name extends ProbeName>(
  probe: Name,
  reading: Reading<ProbeValues[Name]>,
  present: number,
): Reading<ProbeValues[Name]> => {
  if (reading.state === 'unreadable') return reading
  const isAhead = (moment: number | undefined): boolean => moment !== undefined && moment > present + slack
  // The probe's name says which value it is; the compiler cannot see that.
  const value = reading.value as Partial<
    ProbeValues['os'] & ProbeValues['processes'] & ProbeValues['denials']
  >
  if (probe === 'os' && isAhead(value.bootedAt))
    return unreadable('nonsense', 'it says that it will boot later than now')
  if (probe === 'processes' && value.at !== undefined && Math.abs(value.at - present) > slack)
    return unreadable('nonsense', 'its list of processes is not of the time when it was asked')
  if (probe === 'denials' && (isAhead(value.policyLoadedAt) || isAhead(value.modeChangedAt))) {
    const { policyLoadedAt, modeChangedAt, ...rest } = value
    const kept = {
      ...rest,
      ...(policyLoadedAt === undefined || isAhead(policyLoadedAt) ? {} : { policyLoadedAt }),
      ...(modeChangedAt === undefined || isAhead(modeChangedAt) ? {} : { modeChangedAt }),
    }
    return { ...reading, value: kept as ProbeValues[Name] } // the same value, less two moments that it need not have
  }
  return reading
}

/** What makes its records tell the time again. */
export const clockStep =
  'Set the node’s clock (`chronyc makestep`, or start its time service), and boot it when that suits: what is refused after that is told.'

/**
 * What is active is told by comparing the times of records with those of the boot and of the load. Where the node’s clock is a day off
 * or more, it was set at some time, and nobody knows which of them are of before: none that is active in its log is no proof.
 */
export const doubtedByClock = <Name extends ProbeName>(
  probe: Name,
  reading: Reading<ProbeValues[Name]>,
  record: Pick<NodeRecord, 'clock' | 'askedAt'>,
): Reading<ProbeValues[Name]> => {
  if (probe !== 'denials' || reading.state === 'unreadable' || reading.coverage?.complete === false)
    return reading
  const doubt = clockDoubt(record)
  if (doubt === undefined) return reading
  const why = `${doubt}: what is past cannot be told`
  return { ...reading, coverage: { ...reading.coverage, complete: false, why, next: clockStep } }
}
