import type { LabelFact } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isPhrase } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { shellQuote, statAll } from './fragment.ts'
import { linesOf } from './parse.ts'
import { rootsShell } from './roots.ts'

/**
 * Security labels of named paths beside the policy's default for them. `{name}/…` is looked for below each root of that
 * name, as the processes that run say it; `FOLDER/*…` and `FOLDER/word*…` are the newest few entries of a folder.
 */
export const labels: Probe<'labels'> = {
  name: 'labels',
  cost: 'cheap',
  fragment: ({ paths, roots = {} }) => `need stat
${Object.keys(roots).length > 0 ? rootsShell(roots) : ''}
p=; o=; q=
l() { p="$p$R$1
"; o="$o$1
"; q="$q$1	$2
"; }
${paths.some(path => path.includes('*')) ? newest : ''}
${paths.map(lookFor).join('\n')}
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
  byHand: ({ paths, roots = {} }) => {
    const all = paths.map(path => {
      const { name, rest } = below(path)
      if (name === undefined) return rest.includes('*') ? rest : shellQuote(rest)
      return `${roots[name]?.like ?? ''}${rest}`
    })
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

/** The name of a root, where a path is below one, and what follows it. */
const below = (path: string): { readonly name?: string; readonly rest: string } => {
  const [whole = '', name] = /^\{([a-z]+)\}/.exec(path) ?? []
  return name === undefined ? { rest: path } : { name, rest: path.slice(whole.length) }
}

const lookFor = (path: string): string => {
  const { name, rest } = below(path)
  const isPattern = rest.includes('*')
  const asked = isPattern ? ` ${shellQuote(path)}` : ''
  if (name === undefined && !isPattern) return `l ${shellQuote(path)}`
  const look =
    name === undefined
      ? entriesOf('', rest, asked, 1)
      : `for r in $w_${name}; do ${entriesOf('"$r"', rest, asked, 1)}; done`
  return `${look}; printf 'looked\\t%s\\n' ${shellQuote(path)}`
}

// Each star stands for the newest few of a folder: what was there before an update keeps its label.
const entriesOf = (folder: string, rest: string, asked: string, depth: number): string => {
  const star = rest.indexOf('*')
  const plain = (text: string): string => `${folder}${text === '' ? '' : shellQuote(text)}`
  if (star < 0) {
    const look = `l ${plain(rest)}${asked}`
    return asked === '' ? look : `[ ! -e "$R"${plain(rest)} ] || ${look}`
  }
  const slash = rest.lastIndexOf('/', star)
  const [parent, stem, after] = [
    plain(rest.slice(0, slash)),
    rest.slice(slash + 1, star),
    rest.slice(star + 1),
  ]
  const n = `n${depth}`
  return `newest ${parent === '' ? "''" : parent} ${shellQuote(stem)}; for ${n} in $g; do ${entriesOf(`${parent}"/$${n}"`, after, asked, depth + 1)}; done`
}

// Of a folder the newest entries whose names begin so: five, without those of other characters than names of these places have.
const newest = `newest() {
  g=; i=0; [ -d "$R$1" ] || return 0
  IFS=$nl; set -f; set -- "$2" $(ls -t "$R$1" 2>/dev/null); set +f; unset IFS
  b=$1; shift
  for x; do
    case $x in "$b"*) ;; *) continue;; esac
    i=$((i+1)); [ "$i" -le 5 ] || break
    case $x in *[!A-Za-z0-9._:-]*) ;; *) g="$g $x";; esac
  done
}`

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
