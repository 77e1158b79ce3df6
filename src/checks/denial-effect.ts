import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { Denial, DenialDomains, Keeps } from '../model/denial.ts'
import { isContainer, matchesAny } from './denial-domains.ts'
import { keptFiles } from './kept-files.ts'
import { baseName, refusedCode, runs } from './denied-start.ts'
import { isRuntime, keptPodStarter, keptRuntime, keptStarter, startsContainer } from './kept-runtime.ts'
import { keptUnit } from './kept-unit.ts'

/**
 * What a refusal keeps from starting: a program that the node needs, the containers, or the libraries of one; or what it keeps from its
 * own files. Nothing where it was only logged; then nothing was kept from working.
 */
export const keepsOf = (denial: Denial, read: ReadAsk, knowledge: Knowledge): Keeps | undefined => {
  if (!denial.enforced || denial.interactive) return undefined
  return keptStart(denial, read, knowledge) ?? keptFiles(denial, knowledge)
}

const keptStart = (denial: Denial, read: ReadAsk, knowledge: Knowledge): Keeps | undefined => {
  const { domains } = knowledge
  const { source } = denial
  const unit = matchesAny(domains.starters, source)
    ? (keptUnit(denial, read, knowledge) ?? keptStarter(denial, domains))
    : undefined
  if (unit) return unit
  if (isContainer(source, denial.policy?.attributes, domains)) return keptContainer(denial, domains)
  const privileged = [...domains.privileged, ...(knowledge.componentTypes?.privileged ?? [])]
  const program = matchesAny(privileged, source) ? keptPrivileged(denial, domains) : undefined
  if (program) return program
  // Whoever of the host starts a container is a runtime, whatever it is called.
  const isStart = !matchesAny(privileged, source) && startsContainer(denial, domains)
  // The domain that mounted an image, whatever it is called.
  const isMounter = refusedCode(denial) === 'execmod' && isOfImage(denial, domains)
  if (isRuntime(denial, domains) || isStart || isMounter) return keptRuntime(denial, knowledge)
  return keptPodStarter(denial, knowledge)
}

/** Programs and shared libraries: without them a container ends as it begins. */
const keptContainer = (denial: Denial, domains: DenialDomains): Keeps | undefined => {
  const { class: className, permissions, source, target } = denial
  const code = refusedCode(denial)
  if (className === 'process' && code !== undefined)
    return {
      what: `programs of containers in ${source} end as they begin (${denial.commands[0] ?? 'any'}), as they may not ${code}`,
      containers: true,
      mend: 'kernel',
    }
  const isPlace = [...denial.paths, ...(denial.names ?? [])].some(isProgramOrLibrary)
  if (className !== 'file') return undefined
  const begins = permissions.includes('entrypoint') || code !== undefined
  const isImage = isPlace || matchesAny(domains.images, target)
  const isRun = isImage && permissions.some(one => runs.includes(one))
  const isRead = isPlace && permissions.some(one => one === 'read' || one === 'open')
  if (!begins && !isRun && !isRead) return undefined
  return mayNotRun(`containers in ${source}`, denial)
}

/** Privileged containers may not run what their own image brings; of the host's programs they need not every one. */
const keptPrivileged = (denial: Denial, domains: DenialDomains): Keeps | undefined => {
  const { class: className, permissions } = denial
  if (className !== 'file') return undefined
  const isRun =
    permissions.includes('entrypoint') ||
    (isOfImage(denial, domains) && permissions.some(one => runs.includes(one)))
  return isRun ? mayNotRun('privileged containers', denial) : undefined
}

const isOfImage = ({ target, devices = [] }: Denial, domains: DenialDomains): boolean =>
  matchesAny(domains.images, target) || devices.includes('overlay')

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
