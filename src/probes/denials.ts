import type { DenialLog } from '../model/denial.ts'
import type { Probe } from '../model/probe.ts'
import { lastMoment, wholeNumber } from '../model/ranges.ts'
import { read, unreadable, type Coverage } from '../model/reading.ts'
import { isUnreadRecord, parseAuditLine, type AuditRecord } from './denials/audit-line.ts'
import { parseAuditStatus } from './denials/audit-status.ts'
import { isUnreadDenial } from './denials/avc.ts'
import { withoutTwins } from './denials/events.ts'
import { denialsFragment, newestBytes } from './denials/fragment.ts'
import { groupDenials } from './denials/groups.ts'
import { kernelBytes } from './denials/kernel-fragment.ts'
import { saidByKernel } from './denials/kernel-words.ts'
import { groupMessages } from './denials/messages.ts'
import { redactLine } from './denials/redact.ts'
import { isRefusedLoad, saidByRecord } from './denials/refusals.ts'
import { parseSections, type KernelSection, type Sections } from './denials/sections.ts'
import { asOneGap, nextSteps, type Gap } from './denials/gaps.ts'
import { lossesOf } from './denials/whole.ts'
import { firstLine } from './parse.ts'

/** SELinux denials of the last week, what else SELinux said, when policy and mode last changed, and whether the log is whole. */
export const denials: Probe<'denials'> = {
  name: 'denials',
  cost: 'moderate',
  seconds: 90,
  bytes: 2 * 1024 * 1024,
  fragment: () => denialsFragment,
  byHand: () => 'ausearch --input-logs -m AVC,USER_AVC,SELINUX_ERR -ts week-ago --raw </dev/null',
  parse: ({ stdout, stderr, exit, whole }) => {
    if (exit === 3) return unreadable('failed', firstLine(stderr) || 'no log of denials')
    const sections = parseSections(stdout)
    if (!sections) return unreadable('nonsense', 'no source of denials named')
    const { source, status } = sections
    // ausearch: 1 with nothing on stderr is "no match"; 1 with words is a log it could not open, or an argument error.
    const noMatch = status === 1 && (firstLine(stderr) === '' || firstLine(stderr).startsWith('<no matches>'))
    if (status !== undefined && status !== 0 && !(source === 'ausearch' && noMatch))
      return unreadable('failed', `${source} ended with status ${status}: ${firstLine(stderr)}`)
    // A log without a single record says nothing about denials.
    if (sections.first.trim() === '') return unreadable('failed', `${source} holds no record at all`)
    const records = withoutTwins([
      ...sections.lines.map(parseAuditLine).filter(record => record !== undefined),
      ...ofThisWeek(sections),
    ])
    const kernelWords = sections.kernel && coverageOf(sections.kernel, whole)
    const policyLoadedAt = newest(
      records,
      sections,
      ({ type, text }) => type === 'MAC_POLICY_LOAD' && !isRefusedLoad(text),
    )
    const modeChangedAt = newest(records, sections, ({ type }) => type === 'MAC_STATUS')
    const messages = groupMessages([
      ...records.map(saidByRecord).filter(said => said !== undefined),
      ...saidByKernel(sections.kernel?.lines ?? []),
    ])
    const since = oldest(sections.first)
    const changedAt = Math.max(policyLoadedAt ?? 0, modeChangedAt ?? 0)
    const why = whyPartial(sections, records, stdout, stderr, changedAt)
    return read<DenialLog>(
      {
        denials: groupDenials(records),
        source,
        ...(messages.length > 0 ? { messages } : {}),
        ...(kernelWords ? { kernelWords } : {}),
        ...(policyLoadedAt === undefined ? {} : { policyLoadedAt }),
        ...(modeChangedAt === undefined ? {} : { modeChangedAt }),
      },
      source,
      why.length > 0
        ? { complete: false, ...asOneGap(why), ...(since === undefined ? {} : { since }) }
        : { complete: true, ...(since === undefined ? {} : { since }) },
    )
  },
  redact: stdout => stdout.split('\n').map(redactLine).join('\n'),
}

// The kernel's log tells of denials before auditd began, too; like the others, of the last week.
const ofThisWeek = ({ kernel, now }: Sections): readonly AuditRecord[] =>
  (kernel?.raw ?? [])
    .map(parseAuditLine)
    .filter(record => record !== undefined)
    .filter(({ type, time }) => !type.endsWith('AVC') || now === undefined || time >= now - 7 * 86_400)

const wrapped = { why: 'the kernel’s ring buffer has wrapped', next: nextSteps.wrapped }

const whyPartial = (
  sections: Sections,
  records: readonly AuditRecord[],
  stdout: string,
  stderr: string,
  changedAt: number,
): readonly Gap[] => {
  const { source, first, lines, recordBytes, status, kernel } = sections
  const many = recordBytes >= newestBytes
  if (many) return [{ why: 'only the newest records were read' }]
  if (source === 'kernel-log' && !/^(?:<\d+>)?\[\s*[0-4]\.\d+\]/.test(first)) return [wrapped]
  if ([...lines, ...(kernel?.raw ?? [])].some(isUnreadDenial))
    return [{ why: 'the log holds a denial that cannot be read' }]
  if (lines.some(isUnreadRecord)) return [{ why: 'the log holds a record that cannot be read' }]
  if (status === undefined) return [{ why: 'the log was not read to its end' }]
  return [
    ...(/malformed|corrupt|skipped/i.test(stderr)
      ? [{ why: `${source} could not read all records: ${firstLine(stderr)}` }]
      : []),
    ...lossesOf(sections, records, parseAuditStatus(stdout), changedAt),
  ]
}

const coverageOf = ({ from, begins, holdsBoot, status, bytes }: KernelSection, whole: boolean): Coverage => {
  const since = begins === undefined ? {} : { since: begins }
  const partial = (why: string, next?: string): Coverage => ({
    complete: false,
    why,
    ...(next === undefined ? {} : { next }),
    ...since,
  })
  if (from === 'none') return partial('neither the journal nor dmesg tells what the kernel said')
  if (!whole || status === undefined) return partial('the kernel’s log was not read to its end')
  if (status !== 0) return partial(`the kernel’s log could not be read (status ${status})`)
  if (bytes >= kernelBytes) return partial('only the newest lines of the kernel’s log were read')
  if (from === 'kernel-log' && !holdsBoot) return partial(wrapped.why, wrapped.next)
  return { complete: true, ...since }
}

// One from the future would make everything past.
const newest = (
  records: readonly AuditRecord[],
  { now }: Sections,
  isIt: (record: AuditRecord) => boolean,
): number | undefined =>
  records
    .filter(record => isIt(record) && (now === undefined || record.time <= now + 300))
    .reduce<number | undefined>((max, { time }) => Math.max(max ?? 0, time), undefined)

// msg=audit(1795418495.623:57)   or, of the journal, 1795418495.623456
const oldest = (first: string): number | undefined => {
  const match = /^(?:.*?msg=audit\((\d{1,12})\D|(\d{9,12})\.)/.exec(first)
  return wholeNumber(match?.[1] ?? match?.[2], 1, lastMoment)
}
