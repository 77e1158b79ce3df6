import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { EnableSelinux } from '../model/enable-selinux.ts'
import type { OsFacts, SelinuxState } from '../model/facts.ts'
import type { Judgement } from '../model/outcome.ts'
import type { Reading } from '../model/reading.ts'
import { fail, finding, notApplicableIfComplete, passIfComplete, unknownBecause } from './judgements.ts'
import { selinuxAsk } from './no-selinux.ts'

export const osAsk = { probe: 'os', params: {} } as const

/** A security module that is there instead of SELinux, by the kernel's own word. */
export const otherModule = ({ securityModules, commandLine }: SelinuxState): string | undefined => {
  const modules = securityModules ?? lastOf(commandLine, 'lsm')?.split(',') ?? []
  return modules.includes('selinux') ? undefined : modules.find(name => exclusive.has(name))
}

// The kernel takes the last of each.
const lastOf = (commandLine: readonly string[], key: string): string | undefined =>
  commandLine.findLast(word => word.startsWith(`${key}=`))?.slice(key.length + 1)

/** The word of the command line by which somebody asked for SELinux. */
const askedFor = ({ commandLine }: SelinuxState): string | undefined =>
  exclusive.has(lastOf(commandLine, 'security') ?? '')
    ? undefined
    : commandLine.find(word => /^(?:selinux=1|security=selinux|enforcing=1|lsm=.*\bselinux\b)/.test(word))

/** The list of security modules on the command line that leaves SELinux out. */
const leavesOut = ({ commandLine }: SelinuxState): string | undefined => {
  const modules = lastOf(commandLine, 'lsm')
  return modules === undefined || modules.split(',').includes('selinux') || !/^[\w,]+$/.test(modules)
    ? undefined
    : `lsm=${modules}`
}

const saysSo = ({ securityModules }: SelinuxState): string =>
  securityModules === undefined ? 'lsm= on its command line' : '/sys/kernel/security/lsm'

/** How the kernel came to be without SELinux, by its own word: then no configuration brings it, now or at the next boot. */
export const kernelWithout = (state: SelinuxState): string | undefined => {
  const other = otherModule(state)
  if (other !== undefined) return `${other} is the security module of this kernel`
  if (state.securityModules === undefined || state.securityModules.includes('selinux')) return undefined
  return `this kernel runs without it${state.commandLine.includes('selinux=0') ? ' (selinux=0 is on its command line)' : ''}`
}

/**
 * Whether SELinux is there on paper only: configured, as its packages leave it, on a kernel that runs without it, where nobody asked for
 * it on the command line and the system does without it unless somebody sets it up. `enforcing` in the file is somebody's word.
 */
export const judgeOnPaper = (read: ReadAsk, { enableSelinux }: Knowledge): Judgement => {
  const state = read(selinuxAsk)
  if (state.state === 'unreadable') return unknownBecause('SELinux state', state)
  const { running, configured } = state.value
  if (running === 'enforcing' || running === 'permissive')
    return fail(finding('in effect', `SELinux is ${running}`))
  // The kernel has it, and no policy: that is a boot which went wrong.
  if (
    state.value.securityModules?.includes('selinux') ||
    (running === 'disabled' && otherModule(state.value) === undefined)
  )
    return fail(finding('in the kernel', 'SELinux is in charge of this kernel, and no policy is loaded'))
  if (configured === 'enforcing') return fail(finding('meant', 'SELinux is configured enforcing'))
  const wanted = askedFor(state.value)
  if (wanted !== undefined)
    return fail(finding('meant', `SELinux is asked for on the kernel command line: ${wanted}`))
  const os = read(osAsk)
  if (os.state === 'unreadable') return unknownBecause('operating system', os)
  if (wayFor(os.value, enableSelinux)?.standard)
    return fail(finding('standard', `${os.value.name} runs SELinux unless it was switched off`))
  return passIfComplete(
    state,
    kernelWithout(state.value) ??
      'this kernel runs without SELinux, as this system does unless somebody sets it up',
  )
}

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
  const asked = configured === undefined ? askedFor(state.value) : undefined
  const isMeant = configured === 'enforcing' || configured === 'permissive' || asked !== undefined
  if (other !== undefined && !isMeant)
    return notApplicableIfComplete(
      state,
      `${other} is the security module of this kernel (${saysSo(state.value)}), and SELinux is not configured`,
    )
  const os = read(osAsk)
  const way = os.state === 'read' ? wayFor(os.value, knowledge.enableSelinux) : undefined
  const isSwitchedOff = commandLine.includes('selinux=0')
  if (running === 'absent' && configured === undefined && !(asked !== undefined && other !== undefined)) {
    const never = 'this kernel runs without SELinux and none is configured'
    if (!isSwitchedOff) return notApplicableIfComplete(state, never)
    if (os.state === 'unreadable') return unknownBecause('operating system', os)
    if (!way?.standard) return notApplicableIfComplete(state, never)
  }
  const words = commandLine.length > 0 ? [`kernel command line: ${commandLine.join(' ')}`] : []
  const isOnPaper = judgeOnPaper(read, knowledge).status === 'pass'
  const why =
    other === undefined ? '' : `; ${other} is the security module of this kernel (${saysSo(state.value)})`
  const left = leavesOut(state.value)
  const steps = [
    ...(left === undefined
      ? []
      : [
          `take \`${left}\` off the kernel command line, or name selinux in it instead: it leaves SELinux out whatever else is said`,
        ]),
    ...(way === undefined ? [] : [way.do]),
  ]
  return fail({
    ...finding(
      'mode off',
      `SELinux is off${configured ? ` (configured ${configured})` : asked === undefined ? '' : ` though ${asked} asks for it`}, expected ${mode}${why}`,
      words,
    ),
    ...(isOnPaper
      ? { remedy: onPaper(way) }
      : steps.length === 0
        ? {}
        : { remedy: `${offNow}: ${steps.join('; ')}.` }),
  })
}

const offNow = 'No command switches it on while the kernel runs without it'

// Most often a package brought the file, and nobody wants the rest.
const onPaper = (way: EnableSelinux | undefined): string =>
  `If SELinux is not wanted here, nothing has to be done; SELINUX=disabled in /etc/selinux/config says so to whoever reads it.${way === undefined ? '' : ` If it is: ${way.do}.`}`

const wayFor = (
  { id, ostree, like = [] }: OsFacts,
  ways: readonly EnableSelinux[],
): EnableSelinux | undefined =>
  ways.find(way => way.ostree === true && ostree === true) ??
  // Its own name first, then what it is made from.
  [id, ...like].map(name => ways.find(({ os = [] }) => os.includes(name))).find(way => way !== undefined)
