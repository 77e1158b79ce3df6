import type { MountFact } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isWord } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { shellQuote } from './fragment.ts'
import { firstLine, linesOf } from './parse.ts'

/** Mounted file systems with their options; pods' own mounts are left out. */
export const mounts: Probe<'mounts'> = {
  name: 'mounts',
  cost: 'cheap',
  fragment: ({ leaveOut }) => `f=$R/proc/1/mounts; [ -r "$f" ] || f=$R/proc/mounts
[ -r "$f" ] || { echo "mounts cannot be read" >&2; exit 3; }
echo "#mounts"; ${leaveOut.length === 0 ? 'cat' : `grep -vE ${shellQuote(leaveOut.join('|'))}`} "$f"`,
  byHand: () => 'findmnt -l',
  // /dev/sda3 /var xfs rw,seclabel,relatime,attr2 0 0 ; blanks are written \040
  parse: ({ stdout, exit, stderr }) => {
    if (exit !== 0) return unreadable('failed', firstLine(stderr) || 'no list of mounts')
    const [head, ...lines] = linesOf(stdout)
    if (head !== '#mounts' || lines.length === 0) return unreadable('nonsense', 'no list of mounts')
    const facts = lines.map(toMount).filter(fact => fact !== undefined)
    if (facts.length < lines.length) return unreadable('nonsense', 'a line that is no mount')
    return read(facts, '/proc/mounts')
  },
}

const toMount = (line: string): MountFact | undefined => {
  const [source, target, type, options] = line.split(' ').map(unescapeOctal)
  // A file system may be mounted from an empty name.
  if (source === undefined || !target || !type || !options) return undefined
  if (!isWord(type) || [source, target, options].some(({ length }) => length > longest)) return undefined
  return { source, target, type, options: options.split(',') }
}

// A page of the kernel's: it shows no longer ones.
const longest = 65_536

const unescapeOctal = (word: string): string =>
  word.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
