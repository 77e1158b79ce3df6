import type { AuditRecord } from './audit-line.ts'
import { decodedField, recordFields } from './record-fields.ts'

// The journal may have noted its copy, which has no serial, a little later than the event.
const near = [0, -1, -2, 1]

/**
 * One event once: the kernel's own log and the audit transport both tell it, and a journal holds both. The same time, serial
 * and words are one; a line without a serial is the twin of one numbered event with its words, at most.
 */
export const withoutTwins = (records: readonly AuditRecord[]): readonly AuditRecord[] => {
  const numbered = new Set<string>()
  const once = records.filter(record => {
    if (record.serial === undefined) return true
    const key = `${record.time}:${record.serial} ${wordsOf(record)}`
    return !numbered.has(key) && numbered.add(key)
  })
  // Of each words and second, how many numbered events still lack a twin.
  const lacking = new Map<string, number>()
  for (const record of once)
    if (record.serial !== undefined) {
      const key = `${Math.floor(record.time)} ${wordsOf(record)}`
      lacking.set(key, (lacking.get(key) ?? 0) + 1)
    }
  return once.filter(record => {
    if (record.serial !== undefined) return true
    const second = Math.floor(record.time)
    const twin = near
      .map(away => `${second + away} ${wordsOf(record)}`)
      .find(key => (lacking.get(key) ?? 0) > 0)
    if (twin === undefined) return true
    lacking.set(twin, (lacking.get(twin) ?? 0) - 1)
    return false
  })
}

const wordsOf = ({ type, text }: AuditRecord): string => `${type} ${text.replaceAll(/\s+/g, ' ').trim()}`

/** What an event's SYSCALL record adds to its denial. */
export interface Caller {
  readonly executable?: string
  /** A login session with a terminal: auid, ses and tty are set. */
  readonly interactive: boolean
}

/** Finds the SYSCALL record of a record's event: by serial, else by moment and pid. */
export const callersOf = (records: readonly AuditRecord[]): ((record: AuditRecord) => Caller | undefined) => {
  const callers = new Map(
    records
      .filter(({ type }) => type === 'SYSCALL')
      .map(record => [bySerial(record) ?? byPid(record), toCaller(record)]),
  )
  // The journal's copy of an event may have its system call while the kernel's has none.
  return record => callers.get(bySerial(record) ?? byPid(record)) ?? callers.get(byPid(record))
}

const bySerial = ({ time, serial }: AuditRecord): string | undefined =>
  serial === undefined ? undefined : `${time}:${serial}`
const byPid = ({ time, pid, text }: AuditRecord): string =>
  `${time} ${pid ?? /\bpid=(\d{1,10})\b/.exec(text)?.[1] ?? '-'}`

// success=no auid=1000 tty=pts0 ses=3 comm="cat" exe="/usr/bin/cat"
const toCaller = ({ text }: AuditRecord): Caller => {
  const { first } = recordFields(text)
  const executable = decodedField(first.get('exe'))?.slice(0, 256)
  const isSet = (name: string) => !unset.has(first.get(name) ?? '')
  return {
    ...(executable === undefined ? {} : { executable }),
    interactive: isSet('auid') && isSet('ses') && isSet('tty'),
  }
}

const unset: ReadonlySet<string> = new Set(['', '4294967295', '-1', 'unset', '(none)', '?'])
