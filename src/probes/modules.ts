import type { ModuleTable, PolicyModule } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isWord } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { firstLine, linesOf } from './parse.ts'

/**
 * The module store, by `semodule -lfull`, else by its folders. semodule creates a store where there is none
 * (semanage_set_create_store), so the store is tested for first.
 */
export const modules: Probe<'modules'> = {
  name: 'modules',
  cost: 'moderate',
  seconds: 40,
  fragment: () => `root
t=$(sed -n 's/^[[:space:]]*SELINUXTYPE[[:space:]]*=[[:space:]]*\\([^[:space:]#]*\\).*/\\1/p' "$R/etc/selinux/config" 2>/dev/null | tail -n 1)
s=
for d in "/var/lib/selinux/$t/active" "/etc/selinux/$t/active"; do [ -n "$t" ] && [ -d "$R$d/modules" ] && s=$d && break; done
[ -n "$s" ] || { echo "no module store" >&2; exit 3; }
if ! command -v semodule >/dev/null 2>&1; then
  echo "#store"
  for m in "$R$s"/modules/*/*; do [ -d "$m" ] || continue; n=\${m##*/}; p=\${m%/*}; [ "$n" = disabled ] && continue; x=; [ -e "$R$s/modules/disabled/$n" ] && x=disabled; echo "\${p##*/} $n store $x"; done
else echo "#semodule"; semodule -lfull; fi`,
  byHand: () => 'semodule -lfull',
  // 400 local_longhorn    cil
  // 100 amtu              pp disabled
  parse: ({ stdout, stderr, exit }) => {
    if (exit !== 0) return unreadable('failed', firstLine(stderr) || `semodule ended with status ${exit}`)
    const [how = '', ...lines] = linesOf(stdout)
    if (how !== '#semodule' && how !== '#store') return unreadable('nonsense', 'no list of modules')
    const matches = lines.map(line => /^\s*(\d{1,3})\s+(\S+)\s+(\S+)(?:\s+(disabled))?\s*$/.exec(line))
    const listed = matches
      .filter(match => match !== null)
      .filter(([, , name]) => isWord(name))
      .map(([, priority, name = '', , disabled]): PolicyModule => ({
        name,
        priority: Number(priority),
        enabled: !disabled,
      }))
    if (listed.length === 0) return unreadable('nonsense', 'an empty list of modules')
    return read<ModuleTable>(
      { modules: listed },
      how.slice(1),
      listed.length === lines.length ? undefined : { complete: false, why: 'a line that is no module' },
    )
  },
}
