import type { DenialLog } from '../model/denial.ts'
import type { Probe } from '../model/probe.ts'
import { read, unreadable } from '../model/reading.ts'
import { groupDenials, isUnreadDenial, parseAuditLine } from './audit-records.ts'
import { firstLine } from './parse.ts'
import { redacted } from './redact.ts'

const types = 'AVC,USER_AVC,SELINUX_ERR,USER_SELINUX_ERR,MAC_POLICY_LOAD,MAC_STATUS,MAC_CONFIG_CHANGE'
const kept = `type=(${types.replaceAll(',', '|')}) `
const newestBytes = 1_500_000

/**
 * SELinux denials of the last week: ausearch, else the journal, else the kernel log; the newest when there are many.
 * `--input-logs`: without it ausearch reads its stdin and an empty one means "no matches", a silent false green.
 * `--checkpoint` would write on the node. PROCTITLE and EXECVE records never leave the node.
 */
export const denials: Probe<'denials'> = {
  name: 'denials',
  cost: 'moderate',
  seconds: 60,
  bytes: 2 * 1024 * 1024,
  fragment: () => `l=$R/var/log/audit/audit.log
c=; [ -r "$R/proc/cmdline" ] && c=$(tr '\\000\\n' '  ' <"$R/proc/cmdline")
case " $c " in *" audit=0 "*|*" audit=off "*) echo "the kernel records no denials (audit=0 on its command line)" >&2; exit 3;; esac
# What auditd takes never reaches the kernel's own log.
auditd() { for f in "$R/run/auditd.pid" "$R/var/run/auditd.pid"; do [ -e "$f" ] && { echo "auditd keeps the denials, and its log cannot be searched here" >&2; exit 3; }; done; :; }
if [ -r "$l" ] && command -v ausearch >/dev/null 2>&1; then
  echo "#source ausearch"
  o=$(ls -tr "$R"/var/log/audit/audit.log* 2>/dev/null | head -n 1)
  # Its time only: the oldest record may be an EXECVE.
  echo "#first $(head -n 1 "$o" | head -c 400 | sed -n 's/^.*\\(msg=audit([0-9.:]*)\\).*/\\1/p')"
  if [ -n "$R" ]; then set -- -if "$R/var/log/audit"; else set -- --input-logs; fi
  { ausearch "$@" -m ${types} -ts week-ago --raw </dev/null; echo "#rc $?"; } | grep -E '^#rc |${kept}' | tail -c ${newestBytes}
  exit
fi
root
if command -v journalctl >/dev/null 2>&1; then
  [ -n "$(journalctl -n 1 -o cat --no-pager _TRANSPORT=audit 2>/dev/null)" ] || auditd
  echo "#source journal"
  echo "#first $(journalctl -k -o short-unix --no-pager 2>/dev/null | grep -v '^--' | head -n 1 | head -c 200 | cut -d ' ' -f 1)"
  { journalctl -o short-unix --no-pager --since=-7days _TRANSPORT=audit + _TRANSPORT=kernel </dev/null; echo "#rc $?"; } | grep -E '^#rc |avc: |MAC_(POLICY_LOAD|STATUS)|type=140[345]' | tail -c ${newestBytes}
else
  need dmesg
  auditd
  echo "#source kernel-log"
  echo "#first $(dmesg 2>/dev/null | head -n 1 | head -c 200 | sed 's/\\].*/]/')"
  { dmesg </dev/null; echo "#rc $?"; } | grep -E '^#rc |avc: |type=140[345]' | tail -c ${newestBytes}
fi`,
  byHand: () => 'ausearch --input-logs -m AVC,USER_AVC,SELINUX_ERR -ts week-ago --raw </dev/null',
  parse: ({ stdout, stderr, exit }) => {
    if (exit === 3) return unreadable('failed', firstLine(stderr) || 'no log of denials')
    const source = /^#source (ausearch|journal|kernel-log)$/m.exec(stdout)?.[1] as
      DenialLog['source'] | undefined // the pattern's words
    if (!source) return unreadable('nonsense', 'no source of denials named')
    const status = /^#rc (\d+)$/m.exec(stdout)?.[1]
    const lines = stdout.split('\n')
    const records = lines.map(parseAuditLine).filter(record => record !== undefined)
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
  redact: stdout => stdout.split('\n').map(withoutCommandLine).join('\n'),
}

// systemd's USER_AVC quotes the asking process's command line; argv of other processes is not stored.
const withoutCommandLine = (line: string): string => {
  const start = line.indexOf(' cmdline=')
  if (start < 0) return line
  const end = line.lastIndexOf(' scontext=')
  return `${line.slice(0, start)} cmdline="${redacted}"${end > start ? line.slice(end) : ''}`
}

// #first msg=audit(1795418495.623:57)   or, of the journal, #first 1795418495.623456
const oldest = (stdout: string): number | undefined => {
  const match = /^#first (?:.*?msg=audit\((\d+)|(\d{9,})\.)/m.exec(stdout)
  const epoch = Number(match?.[1] ?? match?.[2])
  return Number.isInteger(epoch) && epoch > 0 ? epoch : undefined
}
