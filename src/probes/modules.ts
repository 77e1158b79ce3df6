import { createHash } from 'node:crypto'
import type { ModuleTable, PolicyModule } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isWord } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { firstLine, linesOf } from './parse.ts'

/**
 * The module store, by `semodule -lfull`, else by its folders. semodule creates a store where there is none
 * (semanage_set_create_store), so the store is tested for first. Beside it, whether a module is what lies packed in the folder of packages:
 * the store keeps what it was given (`hll`), packed in another way, and every commit copies it, so that its time tells nothing.
 */
export const modules: Probe<'modules'> = {
  name: 'modules',
  cost: 'moderate',
  seconds: 40,
  fragment: () => `root
conf SELINUXTYPE; t=$v
s=
for d in "/var/lib/selinux/$t/active" "/etc/selinux/$t/active"; do [ -n "$t" ] && [ -d "$R$d/modules" ] && s=$d && break; done
[ -n "$s" ] || { echo "no module store" >&2; exit 3; }
if ! command -v semodule >/dev/null 2>&1; then
  echo "#store"
  for m in "$R$s"/modules/*/*; do [ -d "$m" ] || continue; n=\${m##*/}; p=\${m%/*}; [ "$n" = disabled ] && continue; x=; [ -e "$R$s/modules/disabled/$n" ] && x=disabled; echo "\${p##*/} $n store $x"; done
else echo "#semodule"; semodule -lfull || exit; fi
# Where /usr is read-only, the next system's scripts may have written to this store already.
[ -w "$R/usr" ] || exit 0
b=; command -v bzip2 >/dev/null 2>&1 && b=yes
plain() { if [ -n "$b" ]; then bzip2 -dcf 2>/dev/null; else cat; fi | sha256sum; }
nothing="${sumOfNothing}  -"
for f in "$R"/usr/share/selinux/packages/*.pp "$R"/usr/share/selinux/packages/*.pp.bz2 "$R/usr/share/selinux/packages/$t"/*.pp "$R/usr/share/selinux/packages/$t"/*.pp.bz2; do
  [ -f "$f" ] || continue
  n=\${f##*/}; n=\${n%.bz2}; n=\${n%.pp}; k=
  for m in "$R$s"/modules/[0-9]*/"$n"/hll; do
    [ -f "$m" ] || continue
    p=\${m%/*/hll}; is=; k=\${k:-$(plain <"$f")}; h=$(plain <"$m")
    if [ "$h" = "$k" ]; then is=same; elif [ -n "$b" ] && [ "$k" != "$nothing" ] && [ "$h" != "$nothing" ]; then is=other; fi
    [ -z "$is" ] || echo "=$is \${p##*/} $n \${f#"$R"}"
  done
done`,
  byHand: () => 'semodule -lfull',
  // 400 local_longhorn    cil
  // 100 amtu              pp disabled
  parse: ({ stdout, stderr, exit }) => {
    if (exit !== 0) return unreadable('failed', firstLine(stderr) || `semodule ended with status ${exit}`)
    const [how = '', ...all] = linesOf(stdout)
    const lines = all.filter(line => !line.startsWith('='))
    const packed = all.filter(line => line.startsWith('=')).map(toPacked)
    if (!packed.every(one => one !== undefined))
      return unreadable('nonsense', 'a line on a packed module that is none')
    if (how !== '#semodule' && how !== '#store') return unreadable('nonsense', 'no list of modules')
    const matches = lines.map(line => /^\s*(\d{1,3})\s+(\S+)\s+(\S+)(?:\s+(disabled))?\s*$/.exec(line))
    const listed = matches
      .filter(match => match !== null)
      .filter(([, , name]) => isWord(name))
      .map(([, priority, name = '', , disabled]): PolicyModule => {
        const files = packed.filter(one => one.name === name && one.priority === Number(priority))
        const file = files.find(({ is }) => is === 'same') ?? files[0]
        return {
          name,
          priority: Number(priority),
          enabled: !disabled,
          ...(file ? { packed: { is: file.is, path: file.path } } : {}),
        }
      })
    if (listed.length === 0) return unreadable('nonsense', 'an empty list of modules')
    return read<ModuleTable>(
      { modules: listed },
      how.slice(1),
      listed.length === lines.length ? undefined : { complete: false, why: 'a line that is no module' },
    )
  },
}

const sumOfNothing = createHash('sha256').digest('hex')

interface Packed {
  readonly is: 'same' | 'other'
  readonly priority: number
  readonly name: string
  readonly path: string
}

// =other 200 container /usr/share/selinux/packages/container.pp.bz2
const toPacked = (line: string): Packed | undefined => {
  const [, is, priority, name = '', path = ''] =
    /^=(same|other) (\d{1,3}) (\S+) (\/usr\/share\/selinux\/packages\/\S+)$/.exec(line) ?? []
  if (!isWord(name) || !isWord(path, 4096)) return undefined
  return { is: is === 'same' ? 'same' : 'other', priority: Number(priority), name, path }
}
