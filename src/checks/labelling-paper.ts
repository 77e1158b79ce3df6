import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { RuntimeSwitches } from '../model/facts.ts'
import { isComplete } from '../model/reading.ts'
import { compileRegex } from '../model/regex.ts'
import type { Labelling } from '../model/runtimes.ts'
import { matcherOf } from './components.ts'
import { runtimeAsk } from './runtimes.ts'

/** What the files and the command line of the container runtime say of labelling. */
export type Paper =
  | { readonly state: 'on'; readonly shown: readonly string[] }
  /** `isSaid`: by a switch, not by the lack of one. */
  | { readonly state: 'off'; readonly shown: readonly string[]; readonly isSaid: boolean }
  | { readonly state: 'untold'; readonly reason: string }
  /** It could not be read, or not to its end. */
  | { readonly state: 'unread'; readonly reason: string }

/** The last word of each runtime that runs here; of all of them, where none is known to run. */
export const labellingOnPaper = (read: ReadAsk, knowledge: Knowledge): Paper => {
  const reading = read(runtimeAsk(knowledge))
  if (reading.state === 'unreadable')
    return { state: 'unread', reason: `runtime configuration: ${reading.detail}` }
  if (!isComplete(reading))
    return { state: 'unread', reason: 'the runtime’s configuration was not read to its end' }
  const known = knowledge.runtimes.labelling.filter(one => filesOf(one, reading.value).length > 0)
  const running = namesRunning(read, knowledge)
  const own = known.filter(({ programs }) => programs.some(program => running.has(program)))
  const said = (own.length > 0 ? own : known).map(one => wordOf(one, reading.value))
  if (said.length === 0) return untold('no configuration of a known container runtime was found')
  const shown = said.map(one => one.shown)
  const values = new Set(said.map(({ value }) => value).filter(value => value !== undefined))
  if (values.size > 1) return untold(`container runtimes disagree: ${shown.join('; ')}`)
  const [value] = values
  if (value === undefined)
    return untold(`${shown.join('; ')}: what it does without one is for its build to say`)
  return value ? { state: 'on', shown } : { state: 'off', shown, isSaid: said.some(one => one.isSaid) }
}

const untold = (reason: string): Paper => ({ state: 'untold', reason })

const filesOf = (
  { files, rendered }: Labelling,
  { files: all, switches }: RuntimeSwitches,
): readonly string[] => {
  const own = [...new Set([...all, ...switches.map(({ file }) => file)])].filter(compileRegex(files).isIn)
  const decisive = rendered === undefined ? [] : own.filter(compileRegex(rendered).isIn)
  return decisive.length > 0 ? decisive : own
}

const wordOf = (runtime: Labelling, switches: RuntimeSwitches) => {
  const files = filesOf(runtime, switches)
  // Files stand in the order in which they are read.
  const last = switches.switches.findLast(({ file }) => files.includes(file))
  return last
    ? { value: last.value === 'true', isSaid: true, shown: `${last.file}: ${last.key} = ${last.value}` }
    : {
        value: runtime.byDefault === undefined ? undefined : false,
        isSaid: false,
        shown: `${files.join(', ')}: no switch${runtime.byDefault === 'off' ? ' (the default is off)' : ''}`,
      }
}

// Of what starts containers only the program’s name is kept.
const namesRunning = (read: ReadAsk, { components }: Knowledge): ReadonlySet<string> => {
  const table = read({ probe: 'processes', params: {} })
  if (table.state === 'unreadable') return new Set()
  const programs = matcherOf(components)
    .recognise(table.value)
    .filter(({ process: { pod } }) => pod !== true)
    .map(({ process: { argv } }) => argv.split(/\s/, 1)[0] ?? '')
  return new Set(programs.map(program => program.slice(program.lastIndexOf('/') + 1)))
}
