import type { Cause } from '../model/drift.ts'

/** `container-selinux 2.222.0-1 → 2.226.0-1` */
export const causeText = (cause: Cause): string => {
  if (cause.type === 'policy') return 'another loaded policy, although no package, module or boolean changed'
  const { from, to } = withoutCommonEpoch(cause)
  const name = causeName(cause)
  if (cause.type === 'file') return `an edit of ${cause.name}`
  if (from === undefined && to === undefined) return name
  if (from === undefined) return `${name}, now ${to ?? ''}`
  return to === undefined ? `${name} gone (was ${from})` : `${name} ${from} → ${to}`
}

/** What changed, without the values. */
export const causeName = ({ type, name }: Pick<Cause, 'type' | 'name'>): string => {
  if (type === 'package') return name
  if (type === 'mode') return `SELinux mode (${name})`
  if (type === 'boot') return 'a reboot'
  if (type === 'file') return `an edit of ${name}`
  if (type === 'policy') return 'the loaded policy'
  if (type === 'restart') return `a restart of ${name}`
  return `${type} ${name}`
}

/** What happened to it: `was updated`. */
export const causeVerb = ({ type, from, to }: Cause): string => {
  if (type === 'policy') return 'was loaded'
  if (type === 'boot' || type === 'restart' || from === undefined) return 'came'
  if (to === undefined) return 'went'
  return type === 'package' ? 'was updated' : 'changed'
}

/** A cause as text that tells it from every other. */
export const causeKey = ({ type, name, from, to }: Cause): string => JSON.stringify([type, name, from, to])

// An epoch that stays the same tells nothing: distributions give one upstream version different ones.
const withoutCommonEpoch = ({ type, from, to }: Cause): Pick<Cause, 'from' | 'to'> => {
  if (type !== 'package' || from === undefined || to === undefined)
    return { from, to } as Pick<Cause, 'from' | 'to'>
  const [epochs, rest] = [
    [from, to].map(version => /^\d+:/.exec(version)?.[0] ?? ''),
    [from, to].map(version => version.replace(/^\d+:/, '')),
  ]
  return epochs[0] === epochs[1] ? { from: rest[0] ?? from, to: rest[1] ?? to } : { from, to }
}
