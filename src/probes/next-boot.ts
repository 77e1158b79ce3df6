import type { NextBoot } from '../model/facts.ts'
import type { Probe } from '../model/probe.ts'
import { read, unreadable } from '../model/reading.ts'
import { shellQuote } from './fragment.ts'
import { firstLine, linesOf } from './parse.ts'
import { fromRpm, rpmList } from './rpm.ts'

/**
 * What the next boot brings where updates go into another snapshot (transactional-update) or deployment (ostree), while
 * rpm shows the running one.
 *
 * Which snapshot runs, and which comes: transactional-update makes the snapshot that it wrote the default subvolume
 * (openSUSE/transactional-update lib/Snapshot/Snapper.cpp); the root is mounted without `subvol=` and so is the default
 * (OSInside/kiwi issue 2366). Which deployment: ostree lists them in the order of the boot menu, a staged one first;
 * marks follow the name, and older versions print none (ostreedev/ostree src/ostree/ot-admin-builtin-status.c). One whose
 * finalization is locked counts: Zincati stages it so, and unlocks it as it reboots.
 */
export const nextBoot: Probe<'next-boot'> = {
  name: 'next-boot',
  cost: 'moderate',
  seconds: 60,
  fragment: ({ names }) => `set -f
die() { echo "$1" >&2; exit 3; }
if [ -e "$R/run/ostree-booted" ]; then
  root; need ostree
  d=$(ostree admin status) || exit 3
  d=$(printf '%s\\n' "$d" | grep -E '^[* ] [^ ]+ [0-9a-f]+\\.[0-9]+( |$)')
  now=$(printf '%s\\n' "$d" | sed -n 's/^\\* \\([^ ]* [^ ]*\\).*/\\1/p' | head -n 1)
  next=$(printf '%s\\n' "$d" | sed -n '1s/^..//p')
  [ -n "$now" ] || die "ostree names no booted deployment"
  printf '#ostree\\n#running %s\\n#next %s\\n' "$now" "$next"
  set -- $next
  [ "$now" != "$1 $2" ] || exit 0
  p=/ostree/deploy/$1/deploy/$2
else
  set -- $(sed -n 's|^[0-9]* [0-9]* [^ ]* \\([^ ]*\\) / \\([^ ]*\\)\\( .*\\)\\{0,1\\} - \\([^ ]*\\) .*|\\1 \\2 \\4|p' "$R/proc/self/mountinfo")
  [ $# -le 3 ] || shift $(($# - 3))
  case $3:$1 in
  btrfs:*/.snapshots/*/snapshot) ;;
  *:/*)
    case ,$2, in *,ro,*) die "the root is read-only, and neither a snapshot nor a deployment: how it is updated is not known";; esac
    echo "#in-place"; exit 0;;
  *) die "mountinfo names no root";;
  esac
  root; need btrfs
  now=\${1#/}
  d=$(btrfs subvolume get-default "$R/") || exit 3
  next=$(printf '%s\\n' "$d" | sed -n 's|^ID [0-9]* gen [0-9]* top level [0-9]* path \\(\\(.*/\\)\\{0,1\\}\\.snapshots/[0-9]*/snapshot\\)$|\\1|p')
  [ -n "$next" ] || die "the root is a snapshot and the default subvolume is none: $d"
  printf '#snapshots\\n#running %s\\n#next %s\\n' "$now" "$next"
  [ "$now" != "$next" ] || exit 0
  p=/.snapshots/\${next##*.snapshots/}
fi
need rpm
# rpm makes a database where there is none; a link may lead out of the snapshot, to the running system's.
db=
for d in "$R$p/usr/share/rpm" "$R$p/usr/lib/sysimage/rpm"; do
  for f in Packages rpmdb.sqlite Packages.db; do [ ! -L "$d" ] && [ -s "$d/$f" ] && db=$d && kind=$f; done
done
[ -n "$db" ] || die "no rpm database below $p"
# Where they may, these two write beside the database to read it; in a deployment that is a file of the repository.
[ "$kind" = Packages.db ] || [ ! -w "$db" ] || die "rpm would write to its database below $p to read it, which is not mounted read-only"
${rpmList(names, ' --dbpath "$db"')}
echo "#listed"`,
  byHand: ({ names }) =>
    `btrfs subvolume get-default /   # or: ostree admin status; then rpm --dbpath /.snapshots/N/snapshot/usr/lib/sysimage/rpm -qa ${names.map(shellQuote).join(' ')}`,
  // #snapshots
  // #running @/.snapshots/11/snapshot
  // #next @/.snapshots/12/snapshot        (then the list of its packages, where it is another)
  parse: ({ stdout, stderr, exit }) => {
    if (exit !== 0) return unreadable('failed', firstLine(stderr) || `the question ended with status ${exit}`)
    const [head = '', running = '', next = '', start, ...rows] = linesOf(stdout)
    if (head === '#in-place')
      return running === ''
        ? read<NextBoot>({ state: 'in-place' }, '/proc/self/mountinfo')
        : unreadable('nonsense', 'more than one answer')
    const system = head === '#snapshots' || head === '#ostree' ? systems[head] : undefined
    const [now, then] = [/^#running (.+)$/.exec(running)?.[1], /^#next (.+)$/.exec(next)?.[1]]
    const [nowIs, thenIs] = [now && system?.place(now), then && system?.place(then)]
    if (!system || !nowIs || !thenIs) return unreadable('nonsense', 'not said what runs and what comes next')
    if (nowIs.id === thenIs.id)
      return start === undefined
        ? read<NextBoot>({ state: 'as-running', system: system.name }, system.how)
        : unreadable('nonsense', 'packages of what is not pending')
    if (start !== '#rpm') return unreadable('nonsense', 'no list of packages')
    const found = rows.filter(line => line !== '#listed').map(fromRpm)
    const packages = found.filter(entry => entry !== undefined)
    if (packages.length < found.length) return unreadable('nonsense', 'a line that is no package')
    return read<NextBoot>(
      { state: 'pending', system: system.name, where: thenIs.shown, packages },
      system.how,
      rows.includes('#listed') ? undefined : { complete: false, why: 'the list of packages is cut' },
    )
  },
}

/** Which one it is, and how people call it. */
type Place = { readonly id: string; readonly shown: string } | undefined

const systems = {
  '#snapshots': {
    name: 'snapshots',
    how: 'btrfs subvolume get-default',
    // @/.snapshots/12/snapshot
    place: (text: string): Place => {
      const number = /(?:^|\/)\.snapshots\/(\d{1,9})\/snapshot$/.exec(text)?.[1]
      return number === undefined ? undefined : { id: text, shown: `snapshot ${number}` }
    },
  },
  '#ostree': {
    name: 'ostree',
    how: 'ostree admin status',
    // fedora-coreos 53d1b1ba5a2e….0 (staged)
    place: (text: string): Place => {
      const [, name, checksum, serial, mark = ''] =
        /^(\S{1,255}) ([0-9a-f]{1,128})\.(\d{1,9})((?: \([^()]{1,40}\))*)$/.exec(text) ?? []
      if (!name || !checksum) return undefined
      return {
        id: `${name} ${checksum}.${serial}`,
        shown: `deployment ${checksum.slice(0, 12)}.${serial}${mark}`,
      }
    },
  },
} as const
