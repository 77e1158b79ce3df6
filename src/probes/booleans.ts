import type { Probe } from '../model/probe.ts'
import { read, unreadable } from '../model/reading.ts'
import { firstLine, linesOf } from './parse.ts'

/** Policy booleans as the kernel holds them: current and pending. */
export const booleans: Probe<'booleans'> = {
  name: 'booleans',
  cost: 'cheap',
  fragment: () => `[ -d "$R/sys/fs/selinux/booleans" ] || { echo "no booleans" >&2; exit 3; }
cd "$R/sys/fs/selinux/booleans" && echo "#booleans" && grep . * /dev/null`,
  byHand: () => 'getsebool -a',
  // virt_use_nfs:0 0
  parse: ({ stdout, exit, stderr }) => {
    if (exit !== 0) return unreadable('failed', firstLine(stderr) || 'no booleans')
    const [head, ...lines] = linesOf(stdout)
    if (head !== '#booleans') return unreadable('nonsense', 'no list of booleans')
    const states = lines
      .map(line => /^([\w-]{1,255}):([01]) ([01])\s*$/.exec(line))
      .filter(match => match !== null)
      .map(([, name = '', current, pending]) => ({
        name,
        current: current === '1',
        pending: pending === '1',
      }))
    if (states.length !== lines.length) return unreadable('nonsense', 'a boolean without two values')
    return read(states, '/sys/fs/selinux/booleans')
  },
}
