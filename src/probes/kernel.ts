import type { KernelFacts } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isWord } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { shellQuote } from './fragment.ts'
import { linesOf } from './parse.ts'

/** Kernel release, and whether named modules are loaded or built in. */
export const kernel: Probe<'kernel'> = {
  name: 'kernel',
  cost: 'cheap',
  // /proc/modules never lists built-in modules, and a substring match would take nfsd for nfs; dm-crypt is dm_crypt there.
  fragment: ({ modules }) => `k=$(uname -r); echo "release=$k"
[ -r "$R/proc/modules" ] && echo "list=yes"
for m in ${modules.map(shellQuote).join(' ') || "''"}; do
  [ -n "$m" ] || continue
  n=$(echo "$m" | sed 's/[_-]/[_-]/g')
  if grep -q "^$n " "$R/proc/modules" 2>/dev/null; then echo "module $m loaded"
  elif grep -q "/$n\\.ko" "$R/lib/modules/$k/modules.builtin" 2>/dev/null; then echo "module $m built-in"
  else echo "module $m absent"; fi
done`,
  byHand: ({ modules }) =>
    `uname -r${modules.length > 0 ? `; grep -E '^(${modules.join('|')}) ' /proc/modules` : ''}`,
  parse: ({ stdout }, { modules }) => {
    const lines = linesOf(stdout)
    const release = lines.map(line => /^release=(\S+)$/.exec(line)?.[1]).find(Boolean)
    if (!isWord(release)) return unreadable('nonsense', 'no kernel release')
    if (modules.length > 0 && !lines.includes('list=yes'))
      return unreadable('failed', '/proc/modules cannot be read')
    const states = lines
      .map(line => /^module (\S+) (loaded|built-in|absent)$/.exec(line))
      .filter(match => match !== null)
      .map(([, name = '', state]) => ({ name, state: state as KernelFacts['modules'][number]['state'] })) // the pattern's words
    if (states.length < modules.length) return unreadable('nonsense', 'not every module was answered')
    return read({ release, modules: states }, 'uname, /proc/modules')
  },
}
