import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { Denial, DenialDomains, Keeps } from '../model/denial.ts'
import { matcherOf } from './components.ts'
import { isContainer, matchesAny } from './denial-domains.ts'
import { fileClasses } from './denied-object.ts'

export const versionsAsk = { probe: 'versions', params: {} } as const

const runs = ['execute', 'execute_no_trans', 'entrypoint', 'map']
const starts = ['transition', 'dyntransition', 'nnp_transition', 'nosuid_transition']
const relabels = ['relabelfrom', 'relabelto']

/**
 * What a refusal keeps from starting: a program that the node needs, the containers, or the libraries of one. Nothing where it was only
 * logged; then nothing was kept from working.
 */
export const keepsOf = (denial: Denial, read: ReadAsk, knowledge: Knowledge): Keeps | undefined => {
  if (!denial.enforced || denial.interactive) return undefined
  const { domains } = knowledge
  const { source } = denial
  const unit = matchesAny(domains.starters, source) ? keptUnit(denial, read, knowledge) : undefined
  if (unit) return unit
  if (isContainer(source, denial.policy?.attributes, domains)) return keptContainer(denial, domains)
  const privileged = [...domains.privileged, ...(knowledge.componentTypes?.privileged ?? [])]
  const program = matchesAny(privileged, source) ? keptPrivileged(denial, domains) : undefined
  if (program) return program
  return isRuntime(denial, domains) ? keptRuntime(denial, domains) : undefined
}

// Under a policy of its own, or started in another domain, the runtime is known by its program only.
const isRuntime = ({ source, commands }: Denial, domains: DenialDomains): boolean =>
  matchesAny(domains.runtimes, source) ||
  (!matchesAny(domains.privileged, source) && commands.some(one => matchesAny(domains.runtimeCommands, one)))

const keptRuntime = (denial: Denial, domains: DenialDomains): Keeps | undefined => {
  const { class: className, permissions, target } = denial
  const isContainerStart =
    starts.some(one => permissions.includes(one)) &&
    (isContainer(target, undefined, domains) || matchesAny(domains.privileged, target))
  if (isContainerStart) return { what: `no container may start in ${target}`, containers: true }
  if (className === 'file' && runs.some(one => permissions.includes(one)))
    return { what: `the container runtime may not execute ${nameOf(denial) ?? target}`, containers: true }
  const refused = placeOf(denial)
  return refused === undefined
    ? undefined
    : { what: `pods do not start, as the container runtime may not ${refused}`, containers: true }
}

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

/** A unit that systemd may not start, where it is a program that this node needs. */
const keptUnit = (denial: Denial, read: ReadAsk, knowledge: Knowledge): Keeps | undefined => {
  const { class: className, permissions, target } = denial
  const isRun =
    className === 'file' &&
    permissions.some(one => runs.includes(one) || ((one === 'read' || one === 'open') && isChild(denial)))
  const isStart = className.startsWith('process') && permissions.some(one => starts.includes(one))
  if (!isRun && !isStart) return undefined
  // The kernel lets such a program run, in systemd's own domain, unless its unit asks for another.
  const where = isStart && className === 'process2' ? ` in ${target}` : ''
  const { domains, components } = knowledge
  const { matches } = matcherOf(components)
  const known = read(versionsAsk)
  const installed = known.state === 'read' ? known.value.map(({ name }) => name) : []
  for (const program of candidates(denial, installed)) {
    const component = matches(program)
    if (!component) continue
    const { family } = component
    const containers = domains.startContainers.includes(family)
    if (containers || domains.needed.includes(family))
      return {
        what: `systemd may not start ${program}${where}`,
        family,
        program,
        ...(containers ? { containers } : {}),
      }
  }
  return isStart && matchesAny(domains.runtimes, target)
    ? { what: `systemd may not start the container runtime${where}`, containers: true }
    : undefined
}

const isChild = ({ commands }: Denial): boolean => commands.some(one => one.startsWith('('))

// comm="(ntainerd)": systemd's child is called by the last eight letters of what it is about to execute.
const candidates = (denial: Denial, installed: readonly string[]): readonly string[] => {
  const own = [...denial.paths, ...(denial.names ?? [])].map(baseName).filter(name => name !== '')
  const ends = denial.commands.flatMap(one => /^\((.+)\)$/.exec(one)?.[1] ?? [])
  const told = own.length > 0 ? own : installed
  const fitting = told.filter(name => ends.length === 0 || ends.some(end => name.endsWith(end)))
  return [...new Set([...(fitting.length > 0 ? fitting : own), ...ends])]
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

const nameOf = ({ paths, names = [] }: Denial): string | undefined =>
  [...paths, ...names].map(baseName).find(Boolean)

/** Programs and shared libraries: without them a container ends as it begins. */
const keptContainer = (denial: Denial, domains: DenialDomains): Keeps | undefined => {
  const { class: className, permissions, source, target } = denial
  const isPlace = [...denial.paths, ...(denial.names ?? [])].some(isProgramOrLibrary)
  if (className !== 'file') return undefined
  const begins = permissions.includes('entrypoint') || permissions.includes('execmod')
  const isImage = isPlace || matchesAny(domains.images, target)
  const isRun = isImage && permissions.some(one => runs.includes(one))
  const isRead = isPlace && permissions.some(one => one === 'read' || one === 'open')
  if (!begins && !isRun && !isRead) return undefined
  return mayNotRun(`containers in ${source}`, denial)
}

/** Privileged containers may not run what their own image brings; of the host's programs they need not every one. */
const keptPrivileged = (denial: Denial, domains: DenialDomains): Keeps | undefined => {
  const { class: className, permissions, target, devices = [] } = denial
  if (className !== 'file') return undefined
  const isImage = matchesAny(domains.images, target) || devices.includes('overlay')
  const isRun = permissions.includes('entrypoint') || (isImage && permissions.some(one => runs.includes(one)))
  return isRun ? mayNotRun('privileged containers', denial) : undefined
}

const mayNotRun = (who: string, denial: Denial): Keeps => {
  const what = programsOf(denial)
  return {
    what: `${who} may not run ${what === '' ? `what is labelled ${denial.target}` : what}`,
    containers: true,
  }
}

// Without its loader no program of the image runs: that comes first.
const programsOf = (denial: Denial): string => {
  const all = [...denial.paths, ...(denial.names ?? [])]
  const programs = all.filter(isProgramOrLibrary)
  const told = [...new Set((programs.length > 0 ? programs : all).map(baseName).filter(name => name !== ''))]
  return [...told.filter(isLoader), ...told.filter(name => !isLoader(name))].slice(0, mostTold).join(', ')
}
const mostTold = 3

const isLoader = (name: string): boolean => /^ld[-.]/.test(name)

// /usr/lib/x86_64-linux-gnu/libc.so.6, ld-linux-x86-64.so.2, /usr/bin/env
const isProgramOrLibrary = (path: string): boolean =>
  /\.so(?:\.\d+){0,4}$/.test(path) || /^\/(?:usr\/)?(?:local\/)?s?bin\/[^/]+$/.test(path)
