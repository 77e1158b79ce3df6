import { kernelFragment } from './kernel-fragment.ts'
import { numbers, types } from './record-types.ts'

const names = types.replaceAll(',', '|')

/** Of the records themselves, the newest this many bytes. */
export const newestBytes = 1_500_000

// Records by the beginning of their line, as each source writes it; what merely quotes one is none.
const ofAuditd = `^(node=[^ ]* )?type=(${names}|UNKNOWN\\[(${numbers})\\]|SYSCALL) `
const inJournal = `^[0-9.]+ [^ ]+ (kernel: (audit: )?type=(${numbers}|1300) |audit(\\[[0-9]+\\])?: (${names}|(AUDIT|UNKNOWN\\[)(${numbers})|SYSCALL))`
const inRing = `^(<[0-9]+>)?\\[ *[0-9.]+\\]( ?\\[ *[TC][0-9]+\\])? (audit: )?type=(${numbers}|1300) `

/*
 * Only the records that matter. Of the system call that was denied six fields leave the node, none of them an argument; of other
 * system calls nothing. A denial comes before its system call, or right after it. Whether a journal holds the audit transport, and from when to when,
 * is told at the end.
 */
const kept = (pattern: string): string =>
  `awk '/^[0-9.]+ [^ ]+ audit(\\[[0-9]+\\])?: / { if (!first) first = $1; last = $1 }
!/^#rc |${pattern}/ { next }
{ if (match($0, /audit\\([0-9.]+:[0-9]+\\)/)) k = substr($0, RSTART, RLENGTH); else k = $1 " " $3 }
/^(node=[^ ]* )?type=SYSCALL |^([^ ]+ [^ ]+ kernel: |[^a-z]*)(audit: )?type=1300 |^[^ ]+ [^ ]+ audit[^ ]*: SYSCALL / {
  s = ""; for (i = 1; i <= NF; i++) if ($i !~ /=/ || $i ~ /^(node|type|msg|success|auid|tty|ses|comm|exe)=/) s = s " " $i
  s = substr(s, 2); if (k in denied) print s; else { call = s; of = k }
  next }
/avc: / { denied[k] = 1; if (of == k && call != "") { print call; call = "" } }
{ print }
END { if (first) print "#transport " first " " last }' | tail -c ${newestBytes}`

/**
 * SELinux denials of the last week: ausearch, else the journal, else the kernel log; the newest when there are many. Then what the
 * kernel itself says, of SELinux and of records that were lost.
 * `--input-logs`: without it ausearch reads its stdin and an empty one means "no matches", a silent false green.
 * `--checkpoint` would write on the node. PROCTITLE and EXECVE records never leave the node.
 */
export const denialsFragment = `l=$R/var/log/audit/audit.log
c=; [ -f "$R/proc/cmdline" ] && [ -r "$R/proc/cmdline" ] && while IFS= read -r x || [ -n "$x" ]; do c="$c $x"; done <"$R/proc/cmdline"
case " $c " in *" audit=0 "*|*" audit=off "*) echo "the kernel records no denials (audit=0 on its command line)" >&2; exit 3;; esac
# What auditd takes never reaches the kernel's own log.
auditd() { for f in "$R/run/auditd.pid" "$R/var/run/auditd.pid"; do [ -e "$f" ] && { echo "auditd keeps the denials, and its log cannot be searched here" >&2; exit 3; }; done; :; }
${kernelFragment}
if [ -r "$l" ] && command -v ausearch >/dev/null 2>&1; then
  echo "#source ausearch"
  IFS=$nl; set -f; set -- $(set +f; ls -tr "$R"/var/log/audit/audit.log* 2>/dev/null); set +f; unset IFS
  # Its time only: the oldest record may be an EXECVE.
  echo "#first $(sed -n -e 's/^.*\\(msg=audit([0-9.:]*)\\).*/\\1/p' -e 1q "$1")"
  echo "#files $#"
  if [ -n "$R" ]; then set -- -if "$R/var/log/audit"; else set -- --input-logs; fi
  { ausearch "$@" -m ${types} -ts week-ago --raw </dev/null; echo "#rc $?"; } | ${kept(ofAuditd)}
  kernel
  exit
fi
root
if command -v journalctl >/dev/null 2>&1; then
  [ -n "$(journalctl -n 1 -o cat --no-pager _TRANSPORT=audit 2>/dev/null)" ] || auditd
  echo "#source journal"
  echo "#first $(journalctl -k -o short-unix --no-pager 2>/dev/null | sed -n '/^--/!{s/ .*//;p;q;}')"
  { journalctl -o short-unix --no-pager --since=-7days _TRANSPORT=audit + _TRANSPORT=kernel </dev/null; echo "#rc $?"; } | ${kept(inJournal)}
else
  need dmesg
  auditd
  echo "#source kernel-log"
  echo "#first $(dmesg 2>/dev/null | sed -e 's/\\].*/]/' -e 1q)"
  { dmesg </dev/null; echo "#rc $?"; } | ${kept(inRing)}
fi
kernel`
