import type { RootPlace } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isPhrase } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import type { Root, Roots } from '../model/roots.ts'
import { shellQuote, statAll } from './fragment.ts'
import { linesOf } from './parse.ts'

/** Where programs keep their files, as command lines, configuration files and the disk say it, with the policy’s defaults there and at the place it knows. */
export const roots: Probe<'roots'> = {
  name: 'roots',
  cost: 'cheap',
  fragment: params => `need stat
${rootsShell(params.roots)}
m=; command -v matchpathcon >/dev/null 2>&1 && m=$nl$(matchpathcon ${Object.entries(params.roots)
    .map(([name, { like }]) => `${like} $w_${name}`)
    .join(' ')} 2>/dev/null)$nl
e() { e=; case $m in *"$nl$1	"*) e=\${m#*"$nl$1	"}; e=\${e%%"$nl"*};; esac; }
${Object.entries(params.roots)
  .map(
    ([name, { like }]) => `e ${like}; k=$e
for r in $w_${name}; do
  case " $s_${name} " in *" $r "*) ;; *) there "$r" || continue;; esac
  e "$r"; printf 'root\\t%s\\t%s\\t%s\\t%s\\n' ${name} "$r" "$e" "$k"
done`,
  )
  .join('\n')}
echo "#looked"`,
  byHand: params =>
    `matchpathcon ${Object.values(params.roots)
      .map(({ like }) => like)
      .join(' ')}`,
  parse: ({ stdout }, params) => {
    const lines = linesOf(stdout)
    if (!lines.includes('#looked')) return unreadable('nonsense', 'the look for roots did not end')
    return read<readonly RootPlace[]>(
      lines.map(line => toPlace(line, params.roots)).filter(place => place !== undefined),
      'command lines, configuration files and stat',
    )
  },
}

// root	kubelet	/var/lib/k0s/kubelet	system_u:object_r:var_lib_t:s0	system_u:object_r:container_var_lib_t:s0
const toPlace = (line: string, known: Roots): RootPlace | undefined => {
  const [tag, name, path, expected, usual] = line.split('\t')
  if (tag !== 'root' || name === undefined || !Object.hasOwn(known, name)) return undefined
  if (path === undefined || !isRoot(path)) return undefined
  return { name, path, ...contextOf('expected', expected), ...contextOf('usual', usual) }
}

const isRoot = (path: string): boolean => /^(?:\/[\w.-]+)+$/.test(path) && path.length <= 1024

const contextOf = <Key extends string>(
  key: Key,
  text: string | undefined,
): { readonly [K in Key]?: string } =>
  isPhrase(text) && text !== '<<none>>' ? ({ [key]: text } as { readonly [K in Key]: string }) : {} // the one key

/**
 * Shell that sets `w_NAME` to the roots of each name, and `s_NAME` to those that a command line or a configuration file names: three at
 * most, of plain characters, as whoever runs in a container may write what it likes.
 */
export const rootsShell = (all: Roots): string => `t=$(ps -ewwo args= 2>/dev/null | sed -nE ${shellQuote(
  Object.entries(all)
    .map(([name, root], index) => saidBy(name, root, index))
    .join('\n'),
)})
said() { w=; i=0; for r in $t; do case $r in "$1="*) named "\${r#*=}";; esac; done; }
set_in() { e=$1; shift; for f; do [ -f "$R$f" ] && [ -r "$R$f" ] && named $(sed -nE -e 5000q -e "$e" "$R$f" 2>/dev/null); done; }
named() { for r; do
  r=\${r%/}
  case $r in *..*|*//*|'') continue;; esac
  case "$w " in *" $r "*) continue;; esac
  [ "$i" -lt 3 ] || return 0
  w="$w $r"; i=$((i+1))
done; }
# Those that may be there are looked for at once, if any has to be.
a=
there() { [ -n "$a" ] || look; stated "$1"; }
look() {
p=; for x in ${[...new Set(Object.values(all).flatMap(({ otherwise, also }) => [...otherwise, ...also]))].join(' ')}; do p="$p$R$x$nl"; done
${statAll('%F')}
}
${Object.entries(all)
  .map(([name, root]) => shellOf(name, root))
  .join('\n')}`

const shellOf = (name: string, { set, otherwise, also }: Root): string =>
  [
    `said ${name}`,
    ...set.map(one => `set_in ${shellQuote(keyOf(one))} ${one.files.join(' ')}`),
    `s_${name}=$w`,
    ...(otherwise.length === 0
      ? []
      : [
          `[ -n "$w" ] || for r in ${otherwise.join(' ')}; do there "$r" && w="$w $r"; done`,
          `[ -n "$w" ] || w=${otherwise[0]}`,
        ]),
    ...(also.length === 0
      ? []
      : [`for r in ${also.join(' ')}; do case "$w " in *" $r "*) ;; *) w="$w $r";; esac; done`]),
    `w_${name}=$w`,
  ].join('\n')

// Every root asks the whole line.
const saidBy = (name: string, { said }: Root, index: number): string =>
  [index === 0 ? 'h' : 'g', ...said.map(one => sedOf(name, one))].join('\n')

// --root /data, --root=/data, --kubelet-arg=root-dir=/data, root: the last word of it counts
const sedOf = (name: string, { programs, option, upTo, below = '' }: Root['said'][number]): string => {
  const program = programs ? `([^ ]*/)?(${programs.join('|')})` : '()([^ ]*)'
  const end = upTo === undefined ? '([ ,].*)?' : `${upTo}.*`
  return `s#^${program}( .*)?[ =]-{0,2}${option}[= ](/[A-Za-z0-9._/-]+)${end}$#${name}=\\4${below}#p`
}

// root = '/data', "data-root": "/data", data-dir: /data; what stands behind a # says nothing
const keyOf = ({ key, below = '' }: Root['set'][number]): string =>
  `s|^([^#]*[{,[:space:]])?["']?${key}["']?[[:space:]]*[:=][[:space:]]*["']?(/[A-Za-z0-9._/-]+)["']?([,}[:space:]].*)?$|\\2${below}|p`
