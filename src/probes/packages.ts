import type { Package, PackageTable } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { isWord, optionalMoment, wholeNumber } from '../model/ranges.ts'
import { read, unreadable } from '../model/reading.ts'
import { shellQuote } from './fragment.ts'
import { firstLine, linesOf } from './parse.ts'
import { fromRpm, rpmList } from './rpm.ts'

/** Installed packages by name patterns, with install times; dpkg where it has a database, else rpm. */
export const packages: Probe<'packages'> = {
  name: 'packages',
  cost: 'moderate',
  seconds: 60,
  // dpkg-query prints misses on stderr and ends with status 1: no failure here.
  fragment: ({ names }) => `set -f
if [ -s "$R/var/lib/dpkg/status" ] && command -v dpkg-query >/dev/null 2>&1; then
  echo "#dpkg"
  dpkg-query -W -f='dpkg\\t\${Package}\\t\${Version}\\t\${Architecture}\\t\${db:Status-Abbrev}\\t\${db-fsys:Last-Modified}\\n' ${names.map(shellQuote).join(' ')} 2>/dev/null; s=$?
  [ $s -le 1 ] || exit $s
else
  need rpm
  ${rpmList(names)}
fi
echo "#listed"`,
  byHand: ({ names }) =>
    `rpm -qa ${names.map(shellQuote).join(' ')}   # or: dpkg-query -W ${names.map(shellQuote).join(' ')}`,
  parse: ({ stdout, stderr, exit }) => {
    if (exit !== 0)
      return unreadable('failed', firstLine(stderr) || `the package manager ended with status ${exit}`)
    const [head, ...lines] = linesOf(stdout)
    if (head !== '#dpkg' && head !== '#rpm') return unreadable('nonsense', 'no list of packages')
    const manager = head === '#dpkg' ? 'dpkg' : 'rpm'
    const rows = lines.filter(line => line !== '#listed')
    const found = rows.map(line => (manager === 'rpm' ? fromRpm(line) : fromDpkg(line)))
    if (found.some(entry => entry === undefined)) return unreadable('nonsense', 'a line that is no package')
    const list = found.filter(entry => entry !== undefined && entry !== 'not-installed')
    const listed = lines.includes('#listed')
    return read<PackageTable>(
      { packages: list, manager },
      manager,
      listed ? undefined : { complete: false, why: 'the list of packages is cut' },
    )
  },
}

// dpkg	selinux-policy-default	2:2.20221101-9	all	ii 	1795418000
const fromDpkg = (line: string): Package | 'not-installed' | undefined => {
  const [tag, name, full, architecture, status, time] = line.split('\t')
  if (tag !== 'dpkg' || !isWord(name) || status === undefined) return undefined
  // The second letter is what is: n not installed, c only its configuration; the first what was wanted (hold, remove…).
  if (!/^.[iWtUFH]/.test(status)) return 'not-installed'
  const isWhole = /^.[iWt]/.test(status)
  const match = isWord(full) ? /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(full) : undefined
  const [epoch, installedAt] = [wholeNumber(match?.[1] ?? '0', 0, 0xffff_ffff), optionalMoment(time)]
  if (!match || epoch === undefined || installedAt === 'nonsense') return undefined
  return {
    name,
    epoch,
    version: match[2] ?? '',
    release: match[3] ?? '',
    architecture: architecture ?? '',
    ...(isWhole ? {} : { unfinished: true }),
    ...(installedAt === 'none' ? {} : { installedAt }),
  }
}
