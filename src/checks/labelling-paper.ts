import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { RuntimeSwitches } from '../model/facts.ts'
import { isComplete } from '../model/reading.ts'
import { matcherOf } from './components.ts'

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
  const reading = read({ probe: 'runtime', params: {} })
  if (reading.state === 'unreadable')
    return { state: 'unread', reason: `runtime configuration: ${reading.detail}` }
  if (!isComplete(reading))
    return { state: 'unread', reason: 'the runtime’s configuration was not read to its end' }
  const known = runtimes.filter(one => filesOf(one, reading.value).length > 0)
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

interface Runtime {
  readonly programs: readonly string[]
  readonly files: RegExp
  /** What it rendered for another program: where that is there, it decides. */
  readonly rendered?: RegExp
  /** Without a switch it is off; `undefined`: that depends on who built it. */
  readonly byDefault?: false
}

const containerd = ['containerd', 'docker-containerd', 'docker-containerd-current']

const runtimes: readonly Runtime[] = [
  { programs: containerd, files: /^\/etc\/containerd\//, byDefault: false },
  { programs: ['crio'], files: /^\/etc\/crio\/|^argv of crio$/ },
  {
    programs: ['dockerd', 'dockerd-current'],
    files: /^\/etc\/(?:docker|sysconfig)\/|^argv of dockerd/,
    byDefault: false,
  },
  {
    programs: ['k3s'],
    files: /\/k3s\/|^argv of k3s$/,
    rendered: /^\/var\/lib\/rancher\/k3s\//,
    byDefault: false,
  },
  {
    programs: ['rke2'],
    files: /\/rke2\/|^argv of rke2$/,
    rendered: /^\/var\/lib\/rancher\/rke2\//,
    byDefault: false,
  },
  { programs: ['k0s', ...containerd], files: /^\/(?:etc|run)\/k0s\//, byDefault: false },
  { programs: ['kubelite', ...containerd], files: /^\/var\/snap\/microk8s\//, byDefault: false },
]

const filesOf = (
  { files, rendered }: Runtime,
  { files: all, switches }: RuntimeSwitches,
): readonly string[] => {
  const own = [...new Set([...all, ...switches.map(({ file }) => file)])].filter(file => files.test(file))
  const decisive = rendered ? own.filter(file => rendered.test(file)) : []
  return decisive.length > 0 ? decisive : own
}

const wordOf = (runtime: Runtime, switches: RuntimeSwitches) => {
  const files = filesOf(runtime, switches)
  // Files stand in the order in which they are read.
  const last = switches.switches.findLast(({ file }) => files.includes(file))
  return last
    ? { value: last.value === 'true', isSaid: true, shown: `${last.file}: ${last.key} = ${last.value}` }
    : {
        value: runtime.byDefault,
        isSaid: false,
        shown: `${files.join(', ')}: no switch${runtime.byDefault === false ? ' (the default is off)' : ''}`,
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
