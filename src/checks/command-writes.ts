import type { Knowledge } from '../model/check.ts'
import { compileRegex } from '../model/regex.ts'
import { shellCommands, type ShellCommand } from './shell-commands.ts'

/** What a command plainly writes on the node it runs on, in words; none is no proof that it only reads. */
export const commandWrites = (command: string, { writingCommands }: Knowledge): readonly string[] => [
  ...new Set(
    shellCommands(command).flatMap(one => [
      ...one.writesTo.filter(isFile).map(file => `writes to ${file}`),
      ...programsOf(one).flatMap(([program = '', ...words]) =>
        writingCommands.some(
          ({ programs, if: wanted, unless }) =>
            programs.some(name => name === program || (name === 'mkfs' && program.startsWith('mkfs.'))) &&
            (wanted === undefined || words.some(compileRegex(wanted).isIn)) &&
            (unless === undefined || !words.some(compileRegex(unless).isIn)),
        )
          ? [`runs ${[program, ...words].join(' ').slice(0, 60)}`]
          : [],
      ),
    ]),
  ),
]

const isFile = (target: string): boolean =>
  !/^(?:&?\d+|&?-|\/dev\/(?:null|stdout|stderr|tty|fd\/\d+))$/.test(target)

/** A simple command as programs with their words: what `sudo`, `timeout`, `xargs`, `find -exec` start is a program too. */
const programsOf = ({ words }: ShellCommand): readonly (readonly string[])[] => {
  const [first = '', ...rest] = words.slice(words.findIndex(word => !/^\w+=/.test(word)))
  const program = first.replace(/^.*\//, '')
  if (program === '') return []
  const own = [[program, ...rest]]
  // `command -v rm` only looks for it.
  if (program === 'command' && /^-[vV]/.test(rest[0] ?? '')) return own
  if (starters.has(program)) {
    // Its options and their values come first: whatever of the words is a program is taken for one.
    const at = rest.findIndex(word => /^[a-z/][\w./-]*$/i.test(word) && !/^\d/.test(word))
    return at < 0 ? own : [...own, ...programsOf({ words: rest.slice(at), writesTo: [] })]
  }
  if (program === 'find') {
    const at = rest.findIndex(word => /^-(?:exec|execdir|ok|okdir)$/.test(word))
    return at < 0 ? own : [...own, ...programsOf({ words: rest.slice(at + 1), writesTo: [] })]
  }
  if (shells.has(program) && rest[0]?.startsWith('-') && rest[0].endsWith('c') && rest[1] !== undefined)
    return [...own, ...shellCommands(rest[1]).flatMap(programsOf)]
  return own
}

const starters: ReadonlySet<string> = new Set([
  'sudo',
  'env',
  'nice',
  'ionice',
  'timeout',
  'nohup',
  'setsid',
  'stdbuf',
  'xargs',
  'chroot',
  'command',
  'exec',
  'time',
])
const shells: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'ash'])
