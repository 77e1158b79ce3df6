import type { ReadAsk } from '../model/ask.ts'
import type { Judgement } from '../model/outcome.ts'
import { notApplicable, unknownBecause } from './judgements.ts'

/** The one ask behind every judgement about enforcement. */
export const selinuxAsk = { probe: 'selinux', params: {} } as const

/**
 * Why a check about labels and rules has nothing to judge here, or undefined when SELinux runs.
 * The kernel says so twice: no selinuxfs among its file systems, none mounted.
 */
export const withoutSelinux = (read: ReadAsk): Judgement | undefined => {
  const state = read(selinuxAsk)
  if (state.state === 'unreadable') return unknownBecause('SELinux state', state)
  if (state.value.running === 'absent')
    return notApplicable('this kernel runs without SELinux (not in /proc/filesystems, not mounted)')
  if (state.value.running === 'disabled')
    return notApplicable('SELinux is disabled (in the kernel, but not mounted)')
  return undefined
}
