import type { MountFact } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isWord } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { shellQuote } from './fragment.ts'
import { firstLine, linesOf } from './parse.ts'

/**
 * Mounted file systems with their options and the kernel's names of their devices; what comes and goes with containers is left out. A
 * volume is mounted as /dev/mapper/NAME or /dev/DRIVER/VOLUME, and the kernel's records call it dm-7 or sdb: its numbers tell.
 */
export const mounts: Probe<'mounts'> = {
  name: 'mounts',
  cost: 'cheap',
  fragment: ({ leaveOut }) => `h=mountinfo; f=$R/proc/1/mountinfo
[ -r "$f" ] || { h=mounts; f=$R/proc/1/mounts; }
[ -r "$f" ] || f=$R/proc/mounts
[ -r "$f" ] || { echo "mounts cannot be read" >&2; exit 3; }
echo "#partitions"; [ -r "$R/proc/partitions" ] && cat "$R/proc/partitions"
echo "#mapper"; set -- "$R"/sys/block/dm-*/dm/name; [ -r "$1" ] && grep . /dev/null "$@"
echo "#$h"; ${leaveOut.length === 0 ? 'cat' : `grep -vE ${shellQuote(leaveOut.join('|'))}`} "$f"`,
  byHand: () => 'findmnt -l -o +MAJ:MIN; cat /proc/partitions',
  parse: ({ stdout, exit, stderr }) => {
    if (exit !== 0) return unreadable('failed', firstLine(stderr) || 'no list of mounts')
    const lines = linesOf(stdout)
    const head = lines.findIndex(line => line === '#mounts' || line === '#mountinfo')
    const rows = lines.slice(head + 1)
    if (head < 0 || rows.length === 0) return unreadable('nonsense', 'no list of mounts')
    const kernel = lines[head] === '#mountinfo'
    const nameOf = deviceNames(lines.slice(0, head))
    const facts = rows.map(line => (kernel ? fromInfo(line, nameOf) : fromTable(line, nameOf)))
    const known = facts.filter(fact => fact !== undefined)
    if (known.length < facts.length) return unreadable('nonsense', 'a line that is no mount')
    return read(known, kernel ? '/proc/1/mountinfo' : '/proc/mounts')
  },
}

/** The kernel's name of what is mounted: by its numbers, or by its source. */
type NameOf = (number: string | undefined, source: string) => string | undefined

//    8       16   10485760 sdb
// /sys/block/dm-0/dm/name:rl-root
const deviceNames = (lines: readonly string[]): NameOf => {
  const [numbers, mapped] = [new Map<string, string>(), new Map<string, string>()]
  for (const line of lines) {
    const [, major, minor, name] = /^ *(\d{1,10}) +(\d{1,10}) +\d{1,20} (\S{1,64})$/.exec(line) ?? []
    if (isWord(name)) numbers.set(`${major}:${minor}`, name)
    const [, own, alias] = /\/sys\/block\/(dm-\d{1,10})\/dm\/name:(\S{1,255})$/.exec(line) ?? []
    if (own !== undefined && isWord(alias, 255)) mapped.set(`/dev/mapper/${alias}`, own)
  }
  // What a file system of several devices has for a number is nobody's; its source names one of them.
  return (number, source) =>
    (number === undefined ? undefined : numbers.get(number)) ??
    mapped.get(source) ??
    (number?.startsWith('0:') && !source.startsWith('/dev/') ? number : undefined)
}

// /dev/sda3 /var xfs rw,seclabel,relatime,attr2 0 0 ; blanks are written \040
const fromTable = (line: string, nameOf: NameOf): MountFact | undefined => {
  const [source, target, type, options = ''] = line.split(' ').map(unescapeOctal)
  return toMount({ source, target, type, options: options.split(',') }, undefined, nameOf)
}

// 97 61 8:16 / /var/lib/kubelet/pods/… rw,relatime shared:45 - ext4 /dev/longhorn/pvc-7 rw,seclabel
const fromInfo = (line: string, nameOf: NameOf): MountFact | undefined => {
  const words = line.split(' ')
  const at = words.indexOf('-', 6)
  const [, , number, , target, own = ''] = words.map(unescapeOctal)
  const [type, source, all = ''] = at < 0 ? [] : words.slice(at + 1).map(unescapeOctal)
  if (number === undefined || !/^\d{1,10}:\d{1,10}$/.test(number)) return undefined
  return toMount({ source, target, type, options: together(own.split(','), all.split(',')) }, number, nameOf)
}

// Of the mount's own options and those of the whole file system one "ro" is enough.
const together = (own: readonly string[], all: readonly string[]): readonly string[] => {
  const both = [...new Set([...own, ...all])]
  const access = both.includes('ro') ? 'ro' : 'rw'
  return [access, ...both.filter(one => one !== 'ro' && one !== 'rw' && one !== '')]
}

interface Row {
  readonly source: string | undefined
  readonly target: string | undefined
  readonly type: string | undefined
  readonly options: readonly string[]
}

const toMount = (
  { source, target, type, options }: Row,
  number: string | undefined,
  nameOf: NameOf,
): MountFact | undefined => {
  // A file system may be mounted from an empty name.
  if (source === undefined || !target || !type || options.every(one => one === '')) return undefined
  if (!isWord(type) || [source, target, options.join(',')].some(({ length }) => length > longest))
    return undefined
  const device = nameOf(number, source)
  return { source, target, type, options, ...(device === undefined ? {} : { device }) }
}

// A page of the kernel's: it shows no longer ones.
const longest = 65_536

const unescapeOctal = (word: string): string =>
  word.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
