import { parseContext } from '../model/context.ts'
import type { SelinuxMode, SelinuxState } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isWord, wholeNumber } from '../model/ranges.ts'
import { read, unreadable, type Reading } from '../model/reading.ts'
import { fieldsOf, valueOf, type Field } from './parse.ts'

/**
 * Running and configured mode from the kernel's own files; `getenforce` only seconds them (it may be missing
 * from a non-login PATH, and says `Disabled` with status 0).
 */
export const selinux: Probe<'selinux'> = {
  name: 'selinux',
  cost: 'cheap',
  fragment:
    () => `f=; [ -f "$R/proc/filesystems" ] && [ -r "$R/proc/filesystems" ] && while read -r x t; do case $x$t in '') ;; selinuxfs|nodevselinuxfs) f=yes; break;; *) f=no;; esac; done <"$R/proc/filesystems"
[ -z "$f" ] || echo "selinuxfs=$f"
[ -d "$R/sys/fs/selinux" ] && echo mounted=yes || echo mounted=no
show enforce /sys/fs/selinux/enforce
show policyvers /sys/fs/selinux/policyvers
show mls /sys/fs/selinux/mls
show denyunknown /sys/fs/selinux/deny_unknown
[ -r "$R/sys/fs/selinux/status" ] && set -- $(od -An -tu4 -N20 "$R/sys/fs/selinux/status") && echo "status= $* "
show cmdline /proc/cmdline
show lsm /sys/kernel/security/lsm
if [ ! -e "$R/.autorelabel" ]; then echo relabel=no
elif grep -Eqs '(^|[[:space:]])-[A-Za-z]*F' "$R/.autorelabel"; then echo relabel=forced; else echo relabel=asked; fi
command -v getenforce >/dev/null 2>&1 && echo "getenforce=$(getenforce 2>/dev/null)"
show self /proc/self/attr/current
if [ -r "$R/etc/selinux/config" ]; then echo config=yes; sed -n 's/^[[:space:]]*\\(SELINUX\\|SELINUXTYPE\\)[[:space:]]*=[[:space:]]*\\([^[:space:]#]*\\).*/\\1=\\2/p' "$R/etc/selinux/config"; else show config /etc/selinux/config; fi`,
  byHand: () =>
    'sestatus; cat /sys/fs/selinux/enforce; grep ^SELINUX /etc/selinux/config; cat /proc/cmdline /sys/kernel/security/lsm /.autorelabel',
  parse: ({ stdout, whole }) => {
    const fields = fieldsOf(stdout)
    const running = runningMode(fields, whole)
    if (running.state === 'unreadable') return running
    const config = configuration(fields, stdout)
    if (config.state === 'unreadable') return config
    // version, sequence, enforcing, policyload, deny_unknown: unsigned numbers of 32 bits
    const status = (valueOf(fields, 'status') ?? '').split(/\s+/)
    const loads = wholeNumber(status[3], 0, 0xffff_ffff)
    const maxPolicyVersion = wholeNumber(valueOf(fields, 'policyvers'), 1, 1000)
    const mls = valueOf(fields, 'mls')
    const denyUnknown = valueOf(fields, 'denyunknown')
    // lockdown,capability,landlock,yama,apparmor
    const modules = (valueOf(fields, 'lsm') ?? '')
      .trim()
      .split(',')
      .filter(word => /^[a-z0-9_]{1,32}$/.test(word))
    const relabel = valueOf(fields, 'relabel')
    const own = parseContext(valueOf(fields, 'self') ?? '')
    return read<SelinuxState>(
      {
        running: running.value,
        ...config.value,
        commandLine: (valueOf(fields, 'cmdline') ?? '')
          .split(/\s+/)
          .filter(word => commandLineWord.test(word) && isWord(word)),
        ...(modules.length > 0 ? { securityModules: modules } : {}),
        ...(relabel === 'no' || relabel === 'asked' || relabel === 'forced' ? { relabel } : {}),
        ...(maxPolicyVersion === undefined ? {} : { maxPolicyVersion }),
        ...(mls === undefined ? {} : { mls: mls === '1' }),
        ...(denyUnknown === undefined ? {} : { denyUnknown: denyUnknown === '1' }),
        ...(status.length >= 5 && loads !== undefined ? { policyLoads: loads } : {}),
        ...(own ? { ownContext: own } : {}),
      },
      '/sys/fs/selinux, /etc/selinux/config, /proc/cmdline',
    )
  },
}

const commandLineWord = /^(?:enforcing|selinux|security|lsm|autorelabel)=/

const runningMode = (
  fields: ReadonlyMap<string, Field>,
  whole: boolean,
): Reading<SelinuxState['running']> => {
  const enforce = valueOf(fields, 'enforce')
  const said = valueOf(fields, 'getenforce')?.toLowerCase()
  if (enforce === '1' || enforce === '0') {
    const mode = enforce === '1' ? 'enforcing' : 'permissive'
    if (said && said !== mode)
      return unreadable('nonsense', `/sys/fs/selinux/enforce says ${mode}, getenforce says ${said}`)
    return read(mode, 'enforce')
  }
  if (fields.get('enforce')?.state === 'denied')
    return unreadable('failed', '/sys/fs/selinux/enforce may not be read')
  // Absent needs two sources: the kernel does not list the file system, and it is not mounted.
  if (whole && valueOf(fields, 'mounted') === 'no') {
    if (said && said !== 'disabled')
      return unreadable('nonsense', `no /sys/fs/selinux, yet getenforce says ${said}`)
    if (valueOf(fields, 'selinuxfs') === 'no') return read('absent', '/proc/filesystems')
    if (valueOf(fields, 'selinuxfs') === 'yes') return read('disabled', '/proc/filesystems')
  }
  return unreadable('nonsense', 'no mode in /sys/fs/selinux/enforce')
}

const configuration = (
  fields: ReadonlyMap<string, Field>,
  stdout: string,
): Reading<{ configured?: SelinuxMode; policyName?: string }> => {
  const config = fields.get('config')
  if (config?.state === 'absent') return read({}, 'config')
  if (config?.state !== 'value') return unreadable('nonsense', '/etc/selinux/config could not be read')
  // libselinux takes the last SELINUX= line
  const last = (key: string) => [...stdout.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].at(-1)?.[1]?.trim()
  const mode = last('SELINUX')?.toLowerCase()
  const policyName = last('SELINUXTYPE')
  if (mode !== undefined && mode !== 'enforcing' && mode !== 'permissive' && mode !== 'disabled')
    return unreadable('nonsense', `/etc/selinux/config says SELINUX=${mode.slice(0, 40)}`)
  if (policyName && !isWord(policyName))
    return unreadable('nonsense', '/etc/selinux/config names a policy that can be none')
  return read(
    { ...(mode === undefined ? {} : { configured: mode }), ...(policyName ? { policyName } : {}) },
    'config',
  )
}
