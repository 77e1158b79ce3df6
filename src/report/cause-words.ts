import { partsOf, type Cause, type CausePart } from '../model/drift.ts'

/** `container-selinux 2.222.0-1 → 2.226.0-1`; what came together as one: `one transaction: container-selinux …, a and b` */
export const causeText = (cause: Cause): string => {
  if (cause.together === undefined) return partText(cause)
  // That a snapshot or deployment was booted is said by what it is.
  const parts = partsOf(cause).filter(({ type }) => type !== 'boot')
  return `one ${cause.together.by}: ${listed(parts.map(partText))}`
}

/** `container-selinux 2.222.0-1 → 2.226.0-1` */
export const partText = (part: CausePart): string => {
  if (part.type === 'policy') return 'another loaded policy, although no package, module or boolean changed'
  const { from, to } = withoutCommonEpoch(part)
  const name = causeName(part)
  if (part.type === 'file') return `an edit of ${part.name}`
  if (from === undefined && to === undefined) return name
  if (from === undefined) return `${name}, now ${to ?? ''}`
  return to === undefined ? `${name} gone (was ${from})` : `${name} ${from} → ${to}`
}

const shownParts = 3

/** `a, b and c`; of many the first, and how many more. */
export const listed = (texts: readonly string[]): string => {
  const shown =
    texts.length <= shownParts + 1
      ? texts
      : [...texts.slice(0, shownParts), `${texts.length - shownParts} more`]
  const last = shown.at(-1) ?? ''
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`
}

/** What changed, without the values. */
export const causeName = (cause: Pick<Cause, 'type' | 'name' | 'together'>): string => {
  const { type, name, together } = cause
  const more = (together?.with ?? []).filter(one => one.type !== 'boot').length
  if (more > 0) return `${causeName({ type, name })} and ${more} more`
  if (type === 'package') return name
  if (type === 'mode') return `SELinux mode (${name})`
  if (type === 'os') return 'the system’s release'
  if (type === 'command-line') return `${name}= on the kernel command line`
  if (type === 'boot') return 'a reboot'
  if (type === 'file') return `an edit of ${name}`
  if (type === 'domain') return `the domain of ${name}`
  if (type === 'policy') return 'the loaded policy'
  if (type === 'restart') return `a restart of ${name}`
  return `${type} ${name}`
}

/** What happened to it: `was updated`. */
export const causeVerb = ({ type, from, to, together, direction }: Cause): string => {
  if (together?.by === 'upgrade') return 'came with an upgrade of the system'
  if (together !== undefined && together.by !== 'transaction')
    return `came with a reboot into one ${together.by}`
  const isSeveral = together !== undefined
  if (type === 'policy') return 'was loaded'
  if (type === 'boot' || type === 'restart' || from === undefined) return 'came'
  if (to === undefined) return 'went'
  if (type !== 'package') return 'changed'
  if (!isSeveral && direction === 'down') return 'was downgraded'
  return isSeveral ? 'were updated' : 'was updated'
}

/** The versions of a package without what only tells whose build it is: `2.222.0` of `2:2.222.0-1.fc39`. */
export const upstreamVersion = (version: string): string =>
  version.replace(/^\d+:/, '').replace(/-[^-]*$/, '')

// An epoch that stays the same tells nothing: distributions give one upstream version different ones.
const withoutCommonEpoch = ({ type, from, to }: CausePart): Pick<Cause, 'from' | 'to'> => {
  if (type !== 'package' || from === undefined || to === undefined)
    return { from, to } as Pick<Cause, 'from' | 'to'>
  const [epochs, rest] = [
    [from, to].map(version => /^\d+:/.exec(version)?.[0] ?? ''),
    [from, to].map(version => version.replace(/^\d+:/, '')),
  ]
  return epochs[0] === epochs[1] ? { from: rest[0] ?? from, to: rest[1] ?? to } : { from, to }
}
