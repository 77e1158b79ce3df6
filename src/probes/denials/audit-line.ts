import { lastMoment } from '../../model/ranges.ts'

/** One audit record, from audit.log, the journal or the kernel log. */
export interface AuditRecord {
  readonly type: string
  /** Epoch seconds, fractional. */
  readonly time: number
  /** The event's serial number; the journal's own lines have none. */
  readonly serial?: number
  /** Where there is no serial: whose record it is, as `audit[152]` says. */
  readonly pid?: number
  readonly text: string
}

/** The type numbers the kernel log prints (linux/audit.h). */
const numbers: Readonly<Record<string, string>> = {
  '1107': 'USER_AVC',
  '1108': 'USER_SELINUX_ERR',
  '1300': 'SYSCALL',
  '1400': 'AVC',
  '1401': 'SELINUX_ERR',
  '1403': 'MAC_POLICY_LOAD',
  '1404': 'MAC_STATUS',
  '1405': 'MAC_CONFIG_CHANGE',
}

/**
 * Parses one line:
 *   type=AVC msg=audit(1700596261.324:4756): avc:  denied  { connectto } for  pid=7892 comm="csi-attacher" …
 *   node=worker-1 type=UNKNOWN[1401] msg=audit(…): op=…
 *   1670698321.515000 worker-1 kernel: audit: type=1400 audit(1670698321.515:7214): avc:  denied  { dac_override } for …
 *   1670698321.515000 worker-1 audit[152]: AVC avc:  denied  { read } for  pid=…
 *   1670698321.515000 worker-1 audit[1]: AUDIT1107 pid=…
 */
export const parseAuditLine = (line: string): AuditRecord | undefined => {
  // With /s the rest always matches: a stray \r or U+2028 neither hides a record nor makes the engine try again.
  const logged =
    /(?:^|[\s:])type=([A-Z_]+|\d{4}|UNKNOWN\[\d{4}\]) (?:msg=)?audit\((\d{1,12}(?:\.\d{1,9})?):(\d{1,15})\)\s?:\s*(.*)$/s.exec(
      line,
    )
  if (logged) {
    const [, type = '', time, serial, text = ''] = logged
    if (Number(time) > lastMoment) return undefined
    return { type: nameOf(type), time: Number(time), serial: Number(serial), text: cleaned(text) }
  }
  const journal =
    /^(\d{1,12}\.\d{1,9}) \S+ audit(?:\[(\d{1,10})\])?: ((?:USER_)?AVC|(?:USER_)?SELINUX_ERR|SYSCALL|MAC_POLICY_LOAD|MAC_STATUS|MAC_CONFIG_CHANGE|DAEMON_(?:START|END|ABORT)|AUDIT\d{4}|UNKNOWN\[\d{4}\]) (.*)$/s.exec(
      line,
    )
  if (!journal || Number(journal[1]) > lastMoment) return undefined
  const [, time, pid, type = '', text = ''] = journal
  return {
    type: nameOf(type),
    time: Number(time),
    ...(pid === undefined ? {} : { pid: Number(pid) }),
    text: cleaned(text),
  }
}

/** Whether a line is a record of SELinux that cannot be read. */
export const isUnreadRecord = (line: string): boolean =>
  /^(?:node=[^ ]{0,256} )?type=|^[\d.]{1,40} \S{1,256} (?:kernel: (?:audit: )?type=|audit(?:\[\d{1,10}\])?: (?:SELINUX_ERR|MAC_POLICY_LOAD|MAC_STATUS))/.test(
    line,
  ) && parseAuditLine(line) === undefined

const nameOf = (type: string): string => numbers[/\d{4}/.exec(type)?.[0] ?? ''] ?? type

// ENRICHED logs append 0x1D and interpreted fields.
const cleaned = (text: string): string => text.split('\u001d', 1)[0] ?? ''
