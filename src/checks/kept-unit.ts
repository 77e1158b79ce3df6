import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { Denial, Keeps } from '../model/denial.ts'
import { matcherOf } from './components.ts'
import { matchesAny } from './denial-domains.ts'
import { baseName, namesOf, runs, starts } from './denied-start.ts'
import { versionsAsk } from './runtimes.ts'

/** A unit that systemd may not start, or not even read: one of the programs that this node needs, or any other. */
export const keptUnit = (denial: Denial, read: ReadAsk, knowledge: Knowledge): Keeps | undefined =>
  unreadUnit(denial, knowledge) ??
  unreadSettings(denial, knowledge) ??
  unlinkedUnit(denial, knowledge) ??
  unmountedUnit(denial, read, knowledge) ??
  neededUnit(denial, read, knowledge) ??
  otherUnit(denial, knowledge)

const neededUnit = (denial: Denial, read: ReadAsk, knowledge: Knowledge): Keeps | undefined => {
  const { class: className, permissions, target } = denial
  const isRun =
    className === 'file' &&
    permissions.some(one => runs.includes(one) || ((one === 'read' || one === 'open') && isChild(denial)))
  const isStart = className.startsWith('process') && permissions.some(one => starts.includes(one))
  if (!isRun && !isStart) return undefined
  // The kernel lets such a program run, in systemd's own domain, unless its unit asks for another.
  const where = isStart && className === 'process2' ? ` in ${target}` : ''
  for (const program of candidates(denial, installedOf(read, knowledge))) {
    const needed = neededOf(program, knowledge)
    if (needed) return { what: `systemd may not start ${program}${where}`, program, ...needed }
  }
  return isStart && matchesAny(knowledge.domains.runtimes, target)
    ? { what: `systemd may not start the container runtime${where}`, containers: true }
    : undefined
}

/** A unit of whatever else: the child of systemd is refused the very program that it is about to become. */
const otherUnit = (denial: Denial, { domains }: Knowledge): Keeps | undefined => {
  const { class: className, permissions, target } = denial
  const [end] = endsOf(denial)
  // What lies in somebody's home is run for somebody, and not for the node.
  if (end === undefined || isHelper(denial, domains) || matchesAny(domains.homes, target)) return undefined
  const names = namesOf(denial)
  const program = names.find(name => name.endsWith(end)) ?? names[0] ?? end
  const isRun =
    className === 'file' &&
    permissions.some(
      one =>
        (runs.includes(one) && one !== 'map') ||
        ((one === 'read' || one === 'open') && names.some(name => name.endsWith(end))),
    )
  // Under no_new_privs the kernel leaves the domain as it is and runs the program: that is process2.
  const isStart = className === 'process' && permissions.some(one => starts.includes(one))
  return isRun || isStart ? { what: `systemd may not start ${program}`, program, unit: true } : undefined
}

/** The file of a unit: what systemd may not read is no unit to it. */
const unreadUnit = (denial: Denial, knowledge: Knowledge): Keeps | undefined => {
  const { class: className, permissions } = denial
  if (className !== 'file' && className !== 'lnk_file') return undefined
  if (!permissions.some(one => one === 'read' || one === 'open') || !denial.commands.includes('systemd'))
    return undefined
  const unit = namesOf(denial).find(name => unitFile.test(name))
  if (unit === undefined) return undefined
  const program = unit.replace(unitFile, '')
  const needed = neededBy(program, knowledge)
  return {
    what: `systemd may not read the unit ${unit}`,
    program,
    mend: 'unit-file',
    ...(needed ?? { unit: true }),
  }
}

// systemd.unit(5)
const unitFile = /\.(?:service|socket|mount|automount|swap|target|path|timer|slice|scope)$/

/** A file of environment, or one that changes a unit: what systemd may not read of it fails the unit. Of a file named as its program, too. */
const unreadSettings = (denial: Denial, knowledge: Knowledge): Keeps | undefined => {
  const { class: className, permissions, paths } = denial
  if (className !== 'file' && className !== 'lnk_file') return undefined
  if (!permissions.some(one => one === 'read' || one === 'open') || !denial.commands.includes('systemd'))
    return undefined
  // /etc/systemd/system/k3s.service.d/10-proxy.conf
  const changed = paths.find(one => unitFolder.test(one))
  const name =
    namesOf(denial).find(one => one.endsWith('.env') || neededBy(one, knowledge) !== undefined) ??
    (changed === undefined ? undefined : baseName(changed))
  if (name === undefined) return undefined
  const program = (
    changed === undefined ? name.replace(/\.env$/, '') : (unitFolder.exec(changed)?.[1] ?? name)
  ).replace(unitFile, '')
  return {
    what: `systemd may not read ${name}, which a unit asks for`,
    program,
    mend: 'unit-file',
    ...(neededBy(program, knowledge) ?? { unit: true }),
  }
}

const unitFolder =
  /\/([^/]+\.(?:service|socket|mount|automount|swap|target|path|timer|slice|scope))\.d\/[^/]+$/

/** Enabling: systemd links the unit into the folder of what wants it. The name of such a record is that of the link. */
const unlinkedUnit = (denial: Denial, knowledge: Knowledge): Keeps | undefined => {
  const { class: className, permissions } = denial
  const isLinked =
    (className === 'dir' && permissions.includes('add_name')) ||
    (className === 'lnk_file' && permissions.includes('create'))
  if (!isLinked || !denial.commands.includes('systemd')) return undefined
  const unit = namesOf(denial).find(name => unitFile.test(name))
  if (unit === undefined) return undefined
  const program = unit.replace(unitFile, '')
  return {
    what: `systemd may not enable ${unit}`,
    program,
    mend: 'unit-folder',
    ...(neededBy(program, knowledge) ?? { unit: true }),
  }
}

/** What a unit asks to be mounted for itself (ProtectSystem=, PrivateTmp= and their like), before its program is run. */
const unmountedUnit = (denial: Denial, read: ReadAsk, knowledge: Knowledge): Keeps | undefined => {
  const [end] = endsOf(denial)
  if (!denial.permissions.includes('mounton') || end === undefined || isHelper(denial, knowledge.domains))
    return undefined
  const units = knowledge.components.components.flatMap(one => Object.keys(one.units ?? {}))
  const programs = new Set([
    ...[...installedOf(read, knowledge), ...units].filter(name => name.endsWith(end)),
    end,
  ])
  const known = [...programs].map(program => ({ program, needed: neededOf(program, knowledge) }))
  const { program, needed } = known.find(one => one.needed) ?? { program: end, needed: undefined }
  return {
    what: `systemd may not mount anything on what is labelled ${denial.target} for ${program}`,
    program,
    mend: 'mount',
    ...(needed ?? { unit: true }),
  }
}

/** Which family of what this node needs a program is of. */
const neededOf = (
  program: string,
  { domains, components }: Knowledge,
): Pick<Keeps, 'family' | 'containers'> | undefined => {
  const family = matcherOf(components).matches(program)?.family
  if (family === undefined) return undefined
  if (domains.startContainers.includes(family)) return { family, containers: true }
  return domains.needed.includes(family) ? { family } : undefined
}

// By its program, or by the unit that starts one: k3s-agent.
const neededBy = (name: string, knowledge: Knowledge): Pick<Keeps, 'family' | 'containers'> | undefined => {
  const own = neededOf(name, knowledge)
  if (own) return own
  const started = knowledge.components.components
    .flatMap(one => Object.entries(one.units ?? {}))
    .find(([, units]) => units.some(unit => unit.replace(unitFile, '') === name))
  return started && neededOf(started[0], knowledge)
}

const installedOf = (read: ReadAsk, knowledge: Knowledge): readonly string[] => {
  const known = read(versionsAsk(knowledge))
  return known.state === 'read' ? known.value.map(({ name }) => name) : []
}

// Of its own helpers systemd makes children too: (sd-pam), (sd-executor).
const isHelper = ({ commands }: Denial, { starterHelpers }: Knowledge['domains']): boolean =>
  commands.every(one => !isChildName(one) || matchesAny(starterHelpers, one))

const isChildName = (command: string): boolean => /^\(.+\)$/.test(command)

const isChild = ({ commands }: Denial): boolean => commands.some(one => one.startsWith('('))

// comm="(ntainerd)": systemd's child is called by the last eight letters of what it is about to execute.
const endsOf = ({ commands }: Denial): readonly string[] =>
  commands.flatMap(one => /^\((.+)\)$/.exec(one)?.[1] ?? [])

const candidates = (denial: Denial, installed: readonly string[]): readonly string[] => {
  const own = namesOf(denial)
  const ends = endsOf(denial)
  const told = own.length > 0 ? own : installed
  const fitting = told.filter(name => ends.length === 0 || ends.some(end => name.endsWith(end)))
  return [...new Set([...(fitting.length > 0 ? fitting : own), ...ends])]
}
