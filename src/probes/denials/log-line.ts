/** One line of a log without its beginning: when, who, and the words. */
export interface LogLine {
  /** Epoch seconds; absent where the log counts from a boot that is not known. */
  readonly at?: number
  /** `kernel`, `systemd-journald`, `auditd`. */
  readonly who: string
  readonly words: string
}

/**
 * Parses a line of the journal or of dmesg:
 *   1670698321.515000 worker-1 kernel: SELinux:  Context system_u:object_r:x_t:s0 is not valid (left unmapped).
 *   [68883.061562] audit: audit_lost=494217 audit_rate_limit=0 audit_backlog_limit=4096
 *   <4>[   12.061562][  T812] audit: backlog limit exceeded
 *   [   12.061562] [   T812] audit: backlog limit exceeded
 */
export const parseLogLine = (line: string, bootedAt: number | undefined): LogLine | undefined => {
  const journal = /^(\d{1,12}\.\d{1,9}) \S+ ([a-z-]+)(?:\[\d{1,10}\])?: (.*)$/s.exec(line)
  if (journal) {
    const [, at, who = '', words = ''] = journal
    // Its name up to systemd 219.
    return { at: Number(at), who: who === 'systemd-journal' ? 'systemd-journald' : who, words }
  }
  const ring = /^(?:<\d{1,3}>)?\[ *(\d{1,10}\.\d{1,9})\](?: ?\[ *[TC]\d{1,10}\])? (.*)$/s.exec(line)
  if (!ring) return undefined
  const [, since, words = ''] = ring
  return { ...(bootedAt === undefined ? {} : { at: bootedAt + Number(since) }), who: 'kernel', words }
}
