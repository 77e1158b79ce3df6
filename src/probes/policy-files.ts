import type { PolicyFiles } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isWord, optionalMoment } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { linesOf } from './parse.ts'

/** sha256 of the loaded and of the installed policy, with the installed one's time of change, and the module store's; and of what an image brings. */
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
[ ! -e "$R/run/ostree-booted" ] || for f in "$R"/usr/etc/selinux/*/policy/policy.*; do
  [ -r "$f" ] || continue
  s=$(sha256sum <"$f") && printf 'shipped\\t%s\\t%s\\n' "\${f#"$R"}" "\${s%% *}"
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
    const installed = lines.filter(line => line.startsWith('installed')).map(toInstalled)
    if (!installed.every(one => one !== undefined))
      return unreadable('nonsense', 'a line on an installed policy that is none')
    const shipped = lines.filter(line => line.startsWith('shipped')).map(toInstalled)
    if (!shipped.every(one => one !== undefined))
      return unreadable('nonsense', 'a line on a policy of the image that is none')
    const newest = installed.reduce((latest, { time }) => Math.max(latest, time), 0)
    const stores = lines
      .filter(line => line.startsWith('store\t'))
      .map(line => optionalMoment(line.split('\t')[2]))
    if (stores.includes('nonsense'))
      return unreadable('nonsense', 'a module store changed at no time there is')
    const committed = Math.max(
      0,
      ...stores.slice(0, mostStores).map(time => (typeof time === 'number' ? time : 0)),
    )
    return read(
      {
        loaded,
        installed: installed.map(({ path, sha256 }) => ({ path, sha256 })),
        ...(shipped.length > 0 ? { shipped: shipped.map(({ path, sha256 }) => ({ path, sha256 })) } : {}),
        ...(newest > 0 ? { installedAt: newest } : {}),
        ...(committed > 0 ? { storeChangedAt: committed } : {}),
      },
      'sha256sum',
    )
  },
}

/** Far more than a node has of them. */
const mostStores = 100

// installed	/etc/selinux/targeted/policy/policy.33	8a1f…	1700000000
const toInstalled = (line: string): { path: string; sha256: string; time: number } | undefined => {
  const [, path, sha256 = '', changed] = line.split('\t')
  const time = optionalMoment(changed)
  if (!isWord(path, 4096) || !/^[0-9a-f]{64}$/.test(sha256) || time === 'nonsense') return undefined
  return { path, sha256, time: time === 'none' ? 0 : time }
}
