import type { AuditRecord } from './audit-line.ts'
import type { AuditStatus } from './audit-status.ts'
import { nextSteps, type Gap } from './gaps.ts'
import { lossIn, type Loss } from './losses.ts'
import type { Sections } from './sections.ts'

/**
 * What says that a log of denials is not whole, in words: records that were lost, a log that auditd no longer writes, rules that leave
 * denials out. What was lost before this boot, before the week that is asked for, or before the policy or the mode was changed, is no
 * loss now: a denial of then would be past.
 */
export const lossesOf = (
  sections: Sections,
  records: readonly AuditRecord[],
  status: AuditStatus | undefined,
  changedAt: number,
): readonly Gap[] => [
  ...withNext(nextSteps.lost, lostRecords(sections, records, status, startOf(sections, changedAt))),
  ...withNext(
    nextSteps.stopped,
    sections.source === 'ausearch' ? whileStopped(sections, records, status) : [],
  ),
  ...withNext(nextSteps.rotated, rotatedAway(sections)),
  ...withNext(
    nextSteps.off,
    status?.enabled === 0 ? ['auditing is switched off (auditctl -s: enabled 0)'] : [],
  ),
  ...withNext(
    nextSteps.excluded,
    status && status.excluding.length > 0
      ? [`a rule leaves records out (auditctl -l: ${(status.excluding[0] ?? '').slice(0, 120)})`]
      : [],
  ),
]

const withNext = (next: string, whys: readonly string[]): readonly Gap[] => whys.map(why => ({ why, next }))

const week = 7 * 86_400

/*
 * The beginning of what matters: this boot or the change since, and of it the last week. The kernel's ring buffer is read as far as it
 * goes, and its clock drifts from that of the records: what it tells is not held against the time of a change.
 */
const startOf = ({ source, bootedAt = 0, now, kernel }: Sections, changedAt: number): number =>
  Math.max(
    bootedAt - 2,
    kernel?.from === 'kernel-log' ? 0 : changedAt,
    now === undefined || source === 'kernel-log' ? 0 : now - week,
  )

const lostRecords = (
  sections: Sections,
  records: readonly AuditRecord[],
  status: AuditStatus | undefined,
  start: number,
): readonly string[] => {
  const all = (sections.kernel?.lines ?? []).map(lossIn).filter(loss => loss !== undefined)
  const now = all.filter(loss => (loss.at ?? start) >= start && !isHarmless(loss, sections, records))
  const counted =
    status?.lost !== undefined && status.lost > 0 && !isBefore(status.lost, all, sections, start)
  if (now.length === 0 && !counted) return []
  const count = Math.max(0, ...now.map(loss => loss.count ?? 0), counted ? (status.lost ?? 0) : 0)
  const times = now.map(({ at }) => at).filter(at => at !== undefined)
  const from = times.length === 0 ? '' : ` from ${isoMinute(Math.min(...times))} on`
  // The kernel counts since the boot: how many of them are of later is not said.
  const told = count > 0 ? `${count} since the boot` : (now[0]?.words ?? '')
  return [`audit records were lost${from} (${told}): a denial may be among them`]
}

/*
 * What auditctl counted since the boot may be older than what matters: the kernel's log tells of it before, or no longer reaches back to
 * the boot but over all of the week, and tells of no loss in it.
 */
const isBefore = (lost: number, told: readonly Loss[], sections: Sections, start: number): boolean => {
  const { kernel, bootedAt, now } = sections
  if (kernel?.begins === undefined || kernel.status !== 0 || bootedAt === undefined || now === undefined)
    return false
  if (bootedAt >= start || told.some(({ at }) => at === undefined || at >= start)) return false
  const reachesBoot = kernel.begins <= bootedAt + 60
  return reachesBoot ? told.some(({ count = 0 }) => count >= lost) : kernel.begins <= start
}

// Copies for the kernel's log are no loss where the audit transport ran then, or auditd began only afterwards, as at boot.
const isHarmless = (
  { at, copiesOnly }: Loss,
  { source, transport }: Sections,
  records: readonly AuditRecord[],
): boolean => {
  if (!copiesOnly || at === undefined) return false
  if (source === 'ausearch') return records.some(({ type, time }) => type === 'DAEMON_START' && time >= at)
  return transport !== undefined && transport.from - 5 <= at && at <= transport.to + 60
}

/** Longer than auditd takes to be restarted. */
const pause = 60

const whileStopped = (
  { bootedAt }: Sections,
  records: readonly AuditRecord[],
  status: AuditStatus | undefined,
): readonly string[] => {
  const own = records.filter(({ type }) => type.startsWith('DAEMON_')).toSorted((a, b) => a.time - b.time)
  const last = own.at(-1)
  if (last && isEnd(last) && records.every(({ time }) => time <= last.time + pause))
    return [`auditd ended at ${isoMinute(last.time)}, and its log tells nothing of the time since`]
  if (status?.pid === 0)
    return ['auditd does not run (auditctl -s: pid 0), and its log tells nothing of the time since']
  const gap = own.findLast(
    (record, index) =>
      isEnd(own[index - 1]) &&
      record.time - (own[index - 1]?.time ?? 0) > pause &&
      (own[index - 1]?.time ?? 0) >= (bootedAt ?? Infinity),
  )
  return gap ? [`auditd did not run for a while before ${isoMinute(gap.time)}`] : []
}

const isEnd = (record: AuditRecord | undefined): boolean =>
  record !== undefined && record.type !== 'DAEMON_START'

/** A log that reaches back less far than this, and had more, says too little. */
const shortest = 86_400

const rotatedAway = ({ source, files = 0, first, bootedAt, now }: Sections): readonly string[] => {
  const begins = Number(/audit\((\d{1,12})/.exec(first)?.[1] ?? Number.NaN)
  if (source !== 'ausearch' || files < 2 || now === undefined || bootedAt === undefined) return []
  return begins > bootedAt + 600 && begins > now - shortest
    ? [`the audit log goes back only to ${isoMinute(begins)}: older records were rotated away`]
    : []
}

const isoMinute = (epoch: number): string => `${new Date(epoch * 1000).toISOString().slice(0, 16)}Z`
