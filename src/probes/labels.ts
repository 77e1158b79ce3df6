import type { LabelFact } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isPhrase } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { shellQuote, statAll } from './fragment.ts'
import { linesOf } from './parse.ts'

/**
 * Security labels of named paths beside the policy's default for them. `{kubelet}/…` is looked for below the kubelet's root, as the
 * processes that run name it; `FOLDER/*…` are the newest few entries of a folder.
 */
export const labels: Probe<'labels'> = {
  name: 'labels',
  cost: 'cheap',
  fragment: ({ paths }) => `need stat
p=; o=; q=
l() { p="$p$R$1
"; o="$o$1
"; q="$q$1	$2
"; }
${[...(paths.some(isBelowKubelet) ? [kubeletRoots] : []), ...paths.map(lookFor)].join('\n')}
[ -n "$q" ] || exit 0
${statAll('%C	%F')}
IFS=$nl; set -f
m=; command -v matchpathcon >/dev/null 2>&1 && m=$nl$(matchpathcon $o 2>/dev/null)$nl
for n in $q; do
  k=\${n#*	}; n=\${n%%	*}
  if stated "$n"; then
    e=; case $m in *"$nl$n	"*) e=\${m#*"$nl$n	"}; e=\${e%%"$nl"*};; esac
    printf 'label\\t%s\\t%s\\t%s\\t%s\\n' "$n" "$s" "$e" "$k"
  else printf '%s\\t%s\\n' "$s" "$n"; fi
done`,
  byHand: ({ paths }) => {
    const all = paths.map(path =>
      isPattern(path) ? path.replace('{kubelet}', '/var/lib/kubelet') : shellQuote(path),
    )
    return `stat -c '%C %n' ${all.join(' ')}; matchpathcon -V ${all.join(' ')}`
  },
  parse: ({ stdout, whole }, { paths }) => {
    const lines = linesOf(stdout)
    const facts = lines.map(toFact).filter(fact => fact !== undefined)
    const seen = new Set([
      ...facts.map(({ path }) => path),
      ...lines.map(line => /^looked\t(.+)$/.exec(line)?.[1] ?? ''),
    ])
    if (paths.every(path => !seen.has(path))) return unreadable('nonsense', 'no line on any path asked for')
    const all = paths.every(path => seen.has(path))
    return read<readonly LabelFact[]>(
      facts,
      'stat',
      all || !whole ? undefined : { complete: false, why: 'not every path was answered' },
    )
  },
}

const isBelowKubelet = (path: string): boolean => path.startsWith('{kubelet}')
const isPattern = (path: string): boolean => isBelowKubelet(path) || path.includes('/*')

// The registrars and the kubelet name it on their command lines; where nothing runs, it is where distributions put it.
const kubeletRoots = `d=/var/lib/kubelet
w=; i=0
for r in $(ps -ewwo args= 2>/dev/null | sed -nE 's#^.*--kubelet-registration-path=(/[A-Za-z0-9._/-]+)/plugins/.*$#\\1#p; s#^.*(kubelet|kubelite|k3s|rke2|k0s).*[ =-]root-dir[= ](/[A-Za-z0-9._/-]+).*$#\\2#p'); do
  case "$w $r " in *..*|*" $r "*" $r "*) continue;; esac
  w="$w $r"; i=$((i+1)); [ "$i" -lt 3 ] || break
done
[ -n "$w" ] || for r in $d /var/lib/k0s/kubelet /var/snap/microk8s/common/var/lib/kubelet; do stat -c %F "$R$r" >/dev/null 2>&1 && w="$w $r"; done
[ -n "$w" ] || w=$d`

const lookFor = (path: string): string => {
  if (isBelowKubelet(path))
    return `for r in $w; do l "\${r%/}"${shellQuote(path.slice('{kubelet}'.length))}; done; printf 'looked\\t%s\\n' ${shellQuote(path)}`
  const star = path.indexOf('/*')
  if (star < 0) return `l ${shellQuote(path)}`
  const [folder, rest] = [path.slice(0, star), path.slice(star + 2)]
  return `[ ! -d "$R"${shellQuote(folder)} ] || for n in $(ls -t "$R"${shellQuote(folder)} 2>/dev/null | head -n 5); do
  case $n in *[!A-Za-z0-9._:-]*) ;; *) [ ! -e "$R"${shellQuote(folder)}"/$n"${shellQuote(rest)} ] || l ${shellQuote(folder)}"/$n"${shellQuote(rest)} ${shellQuote(path)};; esac
done; printf 'looked\\t%s\\n' ${shellQuote(path)}`
}

// label	/var/lib/kubelet	system_u:object_r:container_var_lib_t:s0	directory	system_u:object_r:container_var_lib_t:s0
const toFact = (line: string): LabelFact | undefined => {
  const [tag, path, context, kind, expected, asked] = line.split('\t')
  if (!path) return undefined
  if (tag === 'absent' || tag === 'denied') return { path, state: tag }
  if (tag !== 'label' || !isPhrase(context)) return undefined
  if (![kind, expected].every(text => !text || isPhrase(text))) return undefined
  if (context === '?') return { path, state: 'unlabelled' }
  return {
    path,
    state: 'labelled',
    context,
    kind: kind ?? '',
    ...(expected && expected !== '<<none>>' ? { expected } : {}),
    ...(asked ? { asked } : {}),
  }
}
