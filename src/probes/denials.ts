import type { DenialLog } from '../model/denial.ts'
import type { Probe } from '../model/probe.ts'
import { read, unreadable } from '../model/reading.ts'
import { parseAuditLine } from './denials/audit-line.ts'
import { isUnreadDenial } from './denials/avc.ts'
import { withoutTwins } from './denials/events.ts'
import { denialsFragment, newestBytes } from './denials/fragment.ts'
import { groupDenials } from './denials/groups.ts'
import { redactLine } from './denials/redact.ts'
import { firstLine } from './parse.ts'

/** SELinux denials of the last week, when policy and mode last changed, and whether the log is whole. */
export const denials: Probe<'denials'> = {
  name: 'denials',
  cost: 'moderate',
  seconds: 60,
  bytes: 2 * 1024 * 1024,
  fragment: () => denialsFragment,
  byHand: () => 'ausearch --input-logs -m AVC,USER_AVC,SELINUX_ERR -ts week-ago --raw </dev/null',
  parse: ({ stdout, stderr, exit }) => {
    if (exit === 3) return unreadable('failed', firstLine(stderr) || 'no log of denials')
    const source = /^#source (ausearch|journal|kernel-log)$/m.exec(stdout)?.[1] as
      DenialLog['source'] | undefined // the pattern's words
    if (!source) return unreadable('nonsense', 'no source of denials named')
    const status = /^#rc (\d+)$/m.exec(stdout)?.[1]
    const lines = stdout.split('\n')
    const records = withoutTwins(lines.map(parseAuditLine).filter(record => record !== undefined))
    // ausearch: 1 with nothing on stderr is "no match"; 1 with words is a log it could not open, or an argument error.
    const noMatch =
      status === '1' && (firstLine(stderr) === '' || firstLine(stderr).startsWith('<no matches>'))
    if (status !== undefined && status !== '0' && !(source === 'ausearch' && noMatch))
      return unreadable('failed', `${source} ended with status ${status}: ${firstLine(stderr)}`)
    const since = oldest(stdout)
    const first = /^#first (.*)$/m.exec(stdout)?.[1] ?? ''
    // A log without a single record says nothing about denials.
    if (first.trim() === '') return unreadable('failed', `${source} holds no record at all`)
    const wrapped = source === 'kernel-log' && !/^(?:<\d+>)?\[\s*[0-4]\.\d+\]/.test(first)
    const many = Buffer.byteLength(stdout) >= newestBytes
    const unread = !many && lines.some(isUnreadDenial)
    const newest = (type: string) =>
      records
        .filter(record => record.type === type)
        .reduce<number | undefined>((max, { time }) => Math.max(max ?? 0, time), undefined)
    const policyLoadedAt = newest('MAC_POLICY_LOAD')
    const modeChangedAt = newest('MAC_STATUS')
    return read<DenialLog>(
      {
        denials: groupDenials(records),
        source,
        ...(policyLoadedAt === undefined ? {} : { policyLoadedAt }),
        ...(modeChangedAt === undefined ? {} : { modeChangedAt }),
      },
      source,
      many || wrapped || unread || status === undefined
        ? {
            complete: false,
            why: many
              ? 'only the newest records were read'
              : wrapped
                ? 'the kernel’s ring buffer has wrapped'
                : unread
                  ? 'the log holds a denial that cannot be read'
                  : 'the log was not read to its end',
            ...(since === undefined ? {} : { since }),
          }
        : { complete: true, ...(since === undefined ? {} : { since }) },
    )
  },
  redact: stdout => stdout.split('\n').map(redactLine).join('\n'),
}

// #first msg=audit(1795418495.623:57)   or, of the journal, #first 1795418495.623456
const oldest = (stdout: string): number | undefined => {
  const match = /^#first (?:.*?msg=audit\((\d+)|(\d{9,})\.)/m.exec(stdout)
  const epoch = Number(match?.[1] ?? match?.[2])
  return Number.isInteger(epoch) && epoch > 0 ? epoch : undefined
}
