import type { PolicyFiles } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { read, unreadable } from '../model/reading.ts'
import { linesOf } from './parse.ts'

/** sha256 of the loaded and of the installed policy, with the installed one's time of change, and the module store's. */
export const policyFiles: Probe<'policy-files'> = {
  name: 'policy-files',
  cost: 'moderate',
  seconds: 30,
  fragment: () => `need sha256sum
p=$R/sys/fs/selinux/policy
if [ -r "$p" ]; then
  for i in 1 2 3; do s=$(sha256sum <"$p" 2>/dev/null) && break; sleep 1; done
  [ -n "$s" ] && echo "loaded=\${s%% *}" || echo loaded!denied
elif [ -e "$p" ]; then echo loaded!denied; else echo loaded!absent; fi
for f in "$R"/etc/selinux/*/policy/policy.*; do
  [ -r "$f" ] || continue
  s=$(sha256sum <"$f") && printf 'installed\\t%s\\t%s\\t%s\\n' "\${f#"$R"}" "\${s%% *}" "$(stat -c %Y "$f" 2>/dev/null)"
done
for f in "$R"/var/lib/selinux/*/active/commit_num "$R"/etc/selinux/*/active/commit_num; do
  [ ! -e "$f" ] || printf 'store\\t%s\\t%s\\n' "\${f#"$R"}" "$(stat -c %Y "$f" 2>/dev/null)"
done`,
  byHand: () => 'sha256sum /sys/fs/selinux/policy /etc/selinux/*/policy/policy.*',
  parse: ({ stdout }) => {
    const lines = linesOf(stdout)
    const ofLoaded = lines.map(line => /^loaded=([0-9a-f]{64})$/.exec(line)?.[1]).find(Boolean)
    if (!lines.some(line => line.startsWith('loaded')))
      return unreadable('nonsense', 'no line on the loaded policy')
    const loaded: PolicyFiles['loaded'] = ofLoaded
      ? { state: 'read', sha256: ofLoaded }
      : { state: lines.includes('loaded!absent') ? 'absent' : 'denied' }
    const installed = lines
      .map(line => /^installed\t(\S+)\t([0-9a-f]{64})\t(\d*)$/.exec(line))
      .filter(match => match !== null)
      .map(([, path = '', sha256 = '', time]) => ({ path, sha256, time: Number(time) }))
    const newest = Math.max(0, ...installed.map(({ time }) => time))
    const committed = Math.max(0, ...lines.map(line => Number(/^store\t\S+\t(\d{1,12})$/.exec(line)?.[1] ?? 0)))
    return read(
      {
        loaded,
        installed: installed.map(({ path, sha256 }) => ({ path, sha256 })),
        ...(newest > 0 ? { installedAt: newest } : {}),
        ...(committed > 0 ? { storeChangedAt: committed } : {}),
      },
      'sha256sum',
    )
  },
}
