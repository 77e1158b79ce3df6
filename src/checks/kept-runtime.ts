import type { Knowledge } from '../model/check.ts'
import type { Denial, DenialDomains, Keeps } from '../model/denial.ts'
import { matcherOf } from './components.ts'
import { isContainer, matchesAny, podStarterOf } from './denial-domains.ts'
import { fileClasses } from './denied-object.ts'
import { namesOf, refusedCode, runs, starts } from './denied-start.ts'

const relabels = ['relabelfrom', 'relabelto']

/** Whether it was the container runtime; under a policy of its own, or started in another domain, it is known by its program only. */
export const isRuntime = ({ source, commands }: Denial, domains: DenialDomains): boolean =>
  matchesAny(domains.runtimes, source) ||
  (!matchesAny(domains.privileged, source) && commands.some(one => matchesAny(domains.runtimeCommands, one)))

/** Whether it was the start of a container. */
export const startsContainer = ({ permissions, target }: Denial, domains: DenialDomains): boolean =>
  starts.some(one => permissions.includes(one)) &&
  (isContainer(target, undefined, domains) || matchesAny(domains.privileged, target))

/** What a refusal of the container runtime keeps from starting. */
export const keptRuntime = (denial: Denial, knowledge: Knowledge): Keeps | undefined => {
  const { domains } = knowledge
  const { class: className, permissions, target } = denial
  if (startsContainer(denial, domains))
    return { what: `no container may start in ${target}`, containers: true }
  if (className === 'file' && runs.some(one => permissions.includes(one)))
    return {
      what: `the container runtime may not execute ${namesOf(denial)[0] ?? target}`,
      containers: true,
    }
  const code = keptCode(denial, knowledge)
  if (code) return code
  const refused = placeOf(denial)
  if (refused !== undefined)
    return { what: `pods do not start, as the container runtime may not ${refused}`, containers: true }
  const step = stepOf(denial, domains)
  return step === undefined
    ? undefined
    : { what: `no container starts, as ${step}`, containers: true, mend: 'policy' }
}

/**
 * Code that may not be changed in memory. Newer kernels ask it of the domain that mounted the image too, so a program in a container may
 * be refused in the name of the runtime.
 */
const keptCode = (denial: Denial, { domains, components }: Knowledge): Keeps | undefined => {
  const permission = refusedCode(denial)
  if (permission === undefined) return undefined
  const own = denial.commands.find(one => matchesAny(domains.runtimeCommands, one))
  const family = own === undefined ? undefined : matcherOf(components).matches(own)?.family
  const name = namesOf(denial)[0] ?? denial.commands[0] ?? denial.target
  return {
    what:
      own === undefined
        ? `programs in containers end as they begin (${name}), as ${denial.source} may not ${permission}`
        : `no container starts, as ${own} ends as it begins (${permission})`,
    containers: true,
    mend: 'kernel',
    ...(family === undefined ? {} : { family }),
  }
}

/** What systemd was refused of the container runtime’s own: it sets the limits of each container where it makes the unit of one. */
export const keptStarter = (denial: Denial, domains: DenialDomains): Keeps | undefined => {
  const guard = refusedGuard(denial)
  return guard === undefined || !matchesAny(domains.runtimes, denial.target)
    ? undefined
    : {
        what: `no container starts, as systemd may not run what guards the devices of containers (${guard})`,
        containers: true,
        mend: 'policy',
      }
}

const refusedGuard = ({ class: className, permissions }: Denial): string | undefined =>
  className === 'bpf'
    ? ['prog_load', 'prog_run', 'map_create'].find(one => permissions.includes(one))
    : undefined

/** What the runtime was refused while it made a volume or a file system ready for a pod; undefined where it was something else. */
export const placeOf = ({
  class: className,
  permissions,
  source,
  target,
}: Pick<Denial, 'class' | 'permissions' | 'source' | 'target'>): string | undefined => {
  const isRefused = (...some: readonly string[]): boolean => some.some(one => permissions.includes(one))
  if (className === 'filesystem') {
    // The source is what the files are labelled then, and no process.
    if (isRefused('associate')) return `keep what is labelled ${source} on a file system labelled ${target}`
    return isRefused('mount', 'remount', ...relabels) ? `mount a file system labelled ${target}` : undefined
  }
  if (!fileClasses.has(className)) return undefined
  if (isRefused(...relabels)) return `relabel what is labelled ${target}`
  return isRefused('mounton') ? `mount anything on what is labelled ${target}` : undefined
}

/** Steps that every start of a container takes, of no file of its own. */
const stepOf = (denial: Denial, domains: DenialDomains): string | undefined => {
  const { class: className, permissions, source, target, commands } = denial
  const refused = (some: readonly string[]): string | undefined => some.find(one => permissions.includes(one))
  const prepared = className === 'process' && source === target ? refused(labelsOwn) : undefined
  if (prepared !== undefined) return `the container runtime may not prepare its processes (${prepared})`
  const loaded = refusedGuard(denial)
  if (loaded !== undefined) return `the container runtime may not load what guards its devices (${loaded})`
  const isMade = (className === 'dir' || className === 'file') && matchesAny(domains.cgroups, target)
  if (isMade && refused(makes) !== undefined) return 'the container runtime may not make its cgroup'
  // Others of its domain try what they do without; of CAP_BPF the kernel asks first, and then of CAP_SYS_ADMIN.
  const isOwn = commands.some(one => matchesAny(domains.runtimeCommands, one))
  const needed = className === 'capability' && isOwn ? refused(capabilities) : undefined
  if (needed !== undefined) return `the container runtime lacks the capability ${needed}`
  if (asksForUnit(className, permissions)) return 'systemd may not make its unit for the container runtime'
  return undefined
}

// What it writes into /proc/self/attr of the process that becomes a container.
const labelsOwn = ['setexec', 'setfscreate', 'setkeycreate']
const capabilities = ['sys_admin', 'setpcap', 'setuid', 'setgid', 'sys_chroot']
const makes = ['create', 'add_name', 'write']

// The drivers of cgroups that use systemd have it start a scope or slice of each pod.
const asksForUnit = (className: string, permissions: readonly string[]): boolean =>
  (className === 'system' || className === 'service') && permissions.includes('start')

/** What the agent that starts pods was refused, without which none starts. */
export const keptPodStarter = (denial: Denial, knowledge: Knowledge): Keeps | undefined => {
  const { domains, components } = knowledge
  const { class: className, permissions, source, target, commands } = denial
  const { matches } = matcherOf(components)
  const isStarter =
    matchesAny(domains.podStarters, source) ||
    commands.some(one => matches(one)?.family === domains.podStarterFamily)
  if (!isStarter) return undefined
  const refused =
    className === 'unix_stream_socket' &&
    permissions.includes('connectto') &&
    matchesAny(domains.runtimes, target)
      ? 'reach the container runtime'
      : asksForUnit(className, permissions)
        ? 'make its unit by systemd'
        : undefined
  return refused === undefined
    ? undefined
    : {
        what: `no pod starts, as ${podStarterOf(knowledge)} may not ${refused}`,
        containers: true,
        mend: 'policy',
      }
}
