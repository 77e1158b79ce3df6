import { numbers } from './record-types.ts'

/** Of the kernel's own words, the newest this many bytes. */
export const kernelBytes = 200_000

const kernelWords = `(SELinux: |(audit[(][0-9.:]+[)]: ?)?security_compute_sid: |audit: (audit_lost|audit_backlog|backlog|rate limit|kauditd|out of memory|[*]NO[*]|auditd )|k?audit[a-z_]*: [0-9]+ callbacks|(audit: )?type=(${numbers}) )`
const inJournal = `^[0-9.]+ [^ ]+ (kernel: ${kernelWords}|systemd\\[1\\]: Failed to load SELinux|systemd-journald?\\[[0-9]+\\]: (Missed|Suppressed)|auditd\\[[0-9]+\\]: )`
const inRing = `^(<[0-9]+>)?\\[ *[0-9.]+\\]( ?\\[ *[TC][0-9]+\\])? ${kernelWords}`

// Where the log begins, then the lines that matter.
const kept = (pattern: string): string =>
  `awk '!begun && !/^(--|#)/ { begun = 1; s = $0; if (s ~ /^[<[]/) sub(/\\].*/, "]", s); else s = $1; print "#kernel-first " s }
/^#kernel-rc |${pattern}/ { print }' | tail -c ${kernelBytes}`

/**
 * A function `kernel`: what the kernel says of SELinux since its boot, beside denials, and of audit records that it lost. Nothing
 * of it is on stderr: there the search for denials speaks.
 */
export const kernelFragment = `kernel() {
  echo "#boot $(sed -n '/^btime /{s///;p;q;}' "$R/proc/stat" 2>/dev/null)"
  echo "#now $(date +%s)"
  if command -v journalctl >/dev/null 2>&1 && [ -n "$(journalctl -n 1 -o cat --no-pager _TRANSPORT=kernel 2>/dev/null)" ]; then
    echo "#kernel journal"
    { journalctl -b -o short-unix --no-pager _TRANSPORT=kernel + _TRANSPORT=driver + SYSLOG_IDENTIFIER=auditd </dev/null 2>/dev/null; echo "#kernel-rc $?"; } | ${kept(inJournal)}
  elif command -v dmesg >/dev/null 2>&1; then
    echo "#kernel kernel-log"
    { dmesg </dev/null 2>/dev/null; echo "#kernel-rc $?"; } | ${kept(inRing)}
  else echo "#kernel none"; fi
  isroot && command -v auditctl >/dev/null 2>&1 || return 0
  set -f; set -- $(auditctl -s 2>/dev/null); set +f; printf '#audit %.400s\\n' "$* "
  auditctl -l 2>/dev/null | sed -n '/exclude/s/^/#rule /p' | head -n 20
}`
