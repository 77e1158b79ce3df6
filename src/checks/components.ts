import type { ReadAsk } from '../model/ask.ts'
import type { Component, Components, Family } from '../model/component.ts'
import type { Process, ProcessTable } from '../model/facts.ts'
import { limits } from '../model/limits.ts'
import { compileRegex, type Regex } from '../model/regex.ts'
import { isComplete } from '../model/reading.ts'
import { inRange } from '../model/version.ts'

/** A process recognised as a component. */
export interface Recognised {
  readonly component: Component
  readonly process: Process
  /** By the component's data and the family's version; undefined where the version decides and is not known. */
  readonly privileged?: boolean
}

/** A matcher over the component table; the first row that matches wins. */
export interface ComponentMatcher {
  readonly matches: (argv: string) => Component | undefined
  readonly recognise: (table: ProcessTable) => readonly Recognised[]
}

const matchers = new WeakMap<Components, ComponentMatcher>()

/** The matcher of a table, compiled once. */
export const matcherOf = (components: Components): ComponentMatcher => {
  const compiled = matchers.get(components)
  if (compiled) return compiled
  const rows = components.components.map(component => ({
    component,
    pattern: compileRegex(component.argv),
  }))
  const versionsOf = new Map(
    components.families.flatMap(({ id, version }) =>
      version === undefined ? [] : [[id, compileRegex(version)] as const],
    ),
  )
  // One pass over all patterns first: nearly every process of a node is none of ours.
  const anyPattern = compileRegex(rows.map(({ component }) => `(?:${component.argv})`).join('|'))
  const search = (text: string): readonly Row[] =>
    anyPattern.isIn(text) ? rows.filter(({ pattern }) => pattern.isIn(text)) : []
  // Nodes are alike: most of their processes were on another one before.
  const known = new Map<string, readonly Row[]>()
  const rowsFor = (argv: string): readonly Row[] => {
    const text = argv.slice(0, limits.argvBytes)
    if (text.length > rememberedCharacters) return search(text)
    const found = known.get(text) ?? search(text)
    if (known.size >= rememberedTexts) known.clear()
    known.set(text, found)
    return found
  }
  const recognised = new WeakMap<ProcessTable, readonly Recognised[]>()
  const matcher: ComponentMatcher = {
    matches: argv => rowsFor(argv)[0]?.component,
    recognise: table => {
      const before = recognised.get(table)
      if (before) return before
      const found = table.processes
        .map(one => ({
          process: one,
          rows: rowsFor(one.argv).filter(({ component }) => fitsPod(component, one)),
        }))
        .filter(({ rows: some }) => some.length > 0)
      const versions = versionsIn(
        found.map(({ process }) => process),
        versionsOf,
      )
      const all = found.flatMap(({ process, rows: some }) => recogniseOne(process, some, versions) ?? [])
      recognised.set(table, all)
      return all
    },
  }
  matchers.set(components, matcher)
  return matcher
}

const rememberedTexts = 5000
const rememberedCharacters = 400

interface Row {
  readonly component: Component
  readonly pattern: Regex
}

// A process whose cgroup could not be read may be either.
const fitsPod = (component: Component, process: Process): boolean =>
  (component.pod === undefined || process.pod === undefined || component.pod === process.pod) &&
  !(component.container === false && process.container === true)

const recogniseOne = (
  process: Process,
  rows: readonly Row[],
  versions: ReadonlyMap<string, string>,
): Recognised | undefined => {
  const version = versions.get(rows[0]?.component.family ?? '')
  const fitting = rows.find(
    ({ component }) =>
      version === undefined || inRange(version, { from: component.since, before: component.until }),
  )
  const component = (fitting ?? rows[0])?.component
  if (!component) return undefined
  // Without the version, rows of one pattern that disagree leave it open.
  const isOpen = version === undefined && rows.some(row => row.component.privileged !== component.privileged)
  const privileged = isOpen || component.privileged === 'varies' ? undefined : component.privileged
  return { component, process, ...(privileged === undefined ? {} : { privileged }) }
}

// The first of its own that names it.
const versionsIn = (
  processes: readonly Process[],
  families: ReadonlyMap<string, Regex>,
): ReadonlyMap<string, string> =>
  new Map(
    [...families].flatMap(([family, { groupsIn }]) => {
      const version = processes.map(({ argv }) => groupsIn(argv)[0]?.[0]).find(one => one !== undefined)
      return version === undefined ? [] : [[family, version] as const]
    }),
  )

/** Whether a family lives on this node: processes first, then its traces on disk (a crash loop has no process). */
export const familyPresence = (
  familyId: string,
  components: Components,
  read: ReadAsk,
): { readonly state: 'running' | 'traces' | 'absent' | 'unknown'; readonly reason: string } => {
  const family = components.families.find(({ id }) => id === familyId)
  if (!family) throw new Error(`no family ${familyId}`) // profiles are validated against the table
  const table = read({ probe: 'processes', params: {} })
  const running =
    table.state === 'read' &&
    matcherOf(components)
      .recognise(table.value)
      .some(({ component }) => component.family === familyId && !component.transient)
  if (running) return { state: 'running', reason: `${family.title} runs here` }
  if (table.state === 'unreadable') return { state: 'unknown', reason: `processes: ${table.detail}` }
  return tracesOf(family, read, isComplete(table))
}

/** The ask for a family's traces. */
export const tracesAsk = (family: Family) =>
  ({ probe: 'files', params: { paths: family.traces, digest: false } }) as const

const tracesOf = (
  family: Family,
  read: ReadAsk,
  sawAllProcesses: boolean,
): { readonly state: 'traces' | 'absent' | 'unknown'; readonly reason: string } => {
  if (family.traces.length > 0) {
    const traces = read(tracesAsk(family))
    if (traces.state === 'unreadable')
      return { state: 'unknown', reason: `${family.title}’s directories: ${traces.detail}` }
    const there = traces.value.find(({ state }) => state === 'present')
    if (there)
      return { state: 'traces', reason: `no ${family.title} process runs, yet ${there.path} is here` }
    const denied = traces.value.find(({ state }) => state === 'denied')
    if (denied || !isComplete(traces))
      return { state: 'unknown', reason: `${denied?.path ?? 'a directory'} may not be looked at` }
  }
  if (!sawAllProcesses) return { state: 'unknown', reason: 'not all processes could be seen' }
  return { state: 'absent', reason: `none of ${family.title}’s processes and directories is on this node` }
}
