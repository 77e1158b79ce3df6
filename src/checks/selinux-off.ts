import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { EnableSelinux } from '../model/enable-selinux.ts'
import type { OsFacts, SelinuxState } from '../model/facts.ts'
import type { Judgement } from '../model/outcome.ts'
import type { Reading } from '../model/reading.ts'
import { fail, finding, notApplicableIfComplete, unknownBecause } from './judgements.ts'

export const osAsk = { probe: 'os', params: {} } as const

/** A security module that is there instead of SELinux, by the kernel's own word. */
export const otherModule = ({ securityModules = [] }: SelinuxState): string | undefined =>
  securityModules.includes('selinux') ? undefined : securityModules.find(name => exclusive.has(name))

// Of those that take the place of SELinux; the others (lockdown, yama, landlock, bpf, …) stand beside it.
const exclusive: ReadonlySet<string> = new Set(['apparmor', 'smack', 'tomoyo'])

/**
 * SELinux is off, and a mode is wanted. That is a failure where it was switched off; not where another module is in charge, or
 * where it never was.
 */
export const judgeOff = (
  mode: string,
  state: Reading<SelinuxState> & { readonly state: 'read' },
  read: ReadAsk,
  knowledge: Knowledge,
): Judgement => {
  const { running, configured, commandLine } = state.value
  const other = otherModule(state.value)
  const isMeant = configured === 'enforcing' || configured === 'permissive'
  if (other !== undefined && !isMeant)
    return notApplicableIfComplete(
      state,
      `${other} is the security module of this kernel (/sys/kernel/security/lsm), and SELinux is not configured`,
    )
  const os = read(osAsk)
  const way = os.state === 'read' ? wayFor(os.value, knowledge.enableSelinux) : undefined
  const isSwitchedOff = commandLine.includes('selinux=0')
  if (running === 'absent' && configured === undefined) {
    const never = 'this kernel runs without SELinux and none is configured'
    if (!isSwitchedOff) return notApplicableIfComplete(state, never)
    if (os.state === 'unreadable') return unknownBecause('operating system', os)
    if (!way?.standard) return notApplicableIfComplete(state, never)
  }
  const words = commandLine.length > 0 ? [`kernel command line: ${commandLine.join(' ')}`] : []
  const why =
    other === undefined ? '' : `; ${other} is the security module of this kernel (/sys/kernel/security/lsm)`
  return fail({
    ...finding(
      'mode off',
      `SELinux is off${configured ? ` (configured ${configured})` : ''}, expected ${mode}${why}`,
      words,
    ),
    ...(way === undefined
      ? {}
      : { remedy: `No command switches it on while the kernel runs without it: ${way.do}.` }),
  })
}

const wayFor = (
  { id, ostree, like = [] }: OsFacts,
  ways: readonly EnableSelinux[],
): EnableSelinux | undefined =>
  ways.find(way => way.ostree === true && ostree === true) ??
  // Its own name first, then what it is made from.
  [id, ...like].map(name => ways.find(({ os = [] }) => os.includes(name))).find(way => way !== undefined)
