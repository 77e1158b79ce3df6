const types = 'AVC,USER_AVC,SELINUX_ERR,USER_SELINUX_ERR,MAC_POLICY_LOAD,MAC_STATUS,MAC_CONFIG_CHANGE'
const names = types.replaceAll(',', '|')
const numbers = '11(07|08)|14(00|01|03|04|05)'

/** Of the records themselves, the newest this many bytes. */
export const newestBytes = 1_500_000

// Records by the beginning of their line, as each source writes it; what merely quotes one is none.
const ofAuditd = `^(node=[^ ]* )?type=(${names}|UNKNOWN\\[(${numbers})\\]|SYSCALL) `
const ofKernel = `audit: type=(${numbers}|1300) `
const ofJournal = `^[0-9.]+ [^ ]+ (kernel: ${ofKernel}|audit(\\[[0-9]+\\])?: (${names}|(AUDIT|UNKNOWN\\[)(${numbers})|SYSCALL))`

/*
 * Of the system call that was denied six fields leave the node, none of them an argument; of other system calls nothing. A denial
 * comes before its system call.
 */
const withoutArguments = `awk '{ if (match($0, /audit\\([0-9.]+:[0-9]+\\)/)) k = substr($0, RSTART, RLENGTH); else k = $1 " " $3 }
/^(node=[^ ]* )?type=SYSCALL |^([^ ]+ [^ ]+ kernel: |[^a-z]*)audit: type=1300 |^[^ ]+ [^ ]+ audit[^ ]*: SYSCALL / {
  if (!(k in denied)) next
  s = ""; for (i = 1; i <= NF; i++) if ($i !~ /=/ || $i ~ /^(node|type|msg|success|auid|tty|ses|comm|exe)=/) s = s " " $i
  print substr(s, 2); next }
/avc: / { denied[k] = 1 }
{ print }'`

const kept = (pattern: string): string =>
  `grep -E '^#rc |${pattern}' | ${withoutArguments} | tail -c ${newestBytes}`

/**
 * SELinux denials of the last week: ausearch, else the journal, else the kernel log; the newest when there are many.
 * `--input-logs`: without it ausearch reads its stdin and an empty one means "no matches", a silent false green.
 * `--checkpoint` would write on the node. PROCTITLE and EXECVE records never leave the node.
 */
export const denialsFragment = `l=$R/var/log/audit/audit.log
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
  { ausearch "$@" -m ${types} -ts week-ago --raw </dev/null; echo "#rc $?"; } | ${kept(ofAuditd)}
  exit
fi
root
if command -v journalctl >/dev/null 2>&1; then
  [ -n "$(journalctl -n 1 -o cat --no-pager _TRANSPORT=audit 2>/dev/null)" ] || auditd
  echo "#source journal"
  echo "#first $(journalctl -k -o short-unix --no-pager 2>/dev/null | grep -v '^--' | head -n 1 | head -c 200 | cut -d ' ' -f 1)"
  { journalctl -o short-unix --no-pager --since=-7days _TRANSPORT=audit + _TRANSPORT=kernel </dev/null; echo "#rc $?"; } | ${kept(ofJournal)}
else
  need dmesg
  auditd
  echo "#source kernel-log"
  echo "#first $(dmesg 2>/dev/null | head -n 1 | head -c 200 | sed 's/\\].*/]/')"
  { dmesg </dev/null; echo "#rc $?"; } | ${kept(ofKernel)}
fi`
