import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { compileLines, linesIn } from '../../model/regex.ts'
import { fail, finding, passIfComplete, unknown, unknownBecause } from '../judgements.ts'
import { patternText } from '../schema-parts.ts'
import { notFound, syntaxError } from '../shell-words.ts'

export const commandSchema = z
  .strictObject({
    run: z
      .string()
      .min(1)
      .describe('POSIX sh that only reads: nothing keeps it from writing. Its stdin is empty.'),
    exit: z.number().int().min(0).max(255).default(0).describe('The status it must end with.'),
    stdout: z
      .strictObject({
        matches: patternText
          .optional()
          .describe('A pattern that must match: `^` and `$` are the ends of a line.'),
        lacks: patternText.optional().describe('A pattern that must not match.'),
        equals: z.string().optional().describe('All of it, but for blank space at both ends.'),
      })
      .optional()
      .describe('What it must print.'),
    root: z
      .boolean()
      .default(false)
      .describe('Needs root: without it the answer is unknown instead of whatever the command says then.'),
    seconds: z.number().int().min(1).max(120).default(20).describe('The time it may take.'),
  })
  .describe('A command of one’s own ends and prints as expected.')
type Params = z.infer<typeof commandSchema>

const askOf = ({ run, seconds, root }: Params) =>
  ({ probe: 'command', params: { run, seconds, root } }) as const

/** A command of one's own ends and speaks as expected. What it prints against the rule counts, all else only if all of it could run. */
export const command: Kind<Params> = {
  name: 'command',
  schema: commandSchema,
  asks: params => [askOf(params)],
  runs: ({ run }) => run,
  judge: (params, read) => {
    const reading = read(askOf(params))
    if (reading.state === 'unreadable') return unknownBecause('command', reading)
    const { exit, stdout, stderr } = reading.value
    const said = [...stdout.split('\n'), ...stderr.split('\n')].filter(line => line.trim() !== '')
    const { matches, lacks, equals } = params.stdout ?? {}
    const broken = syntaxError(stderr)
    if (broken !== undefined) return unknown(`the node’s shell makes no sense of the command: ${broken}`)
    if (lacks !== undefined && compileLines(lacks).isIn(stdout))
      return fail(finding('matches', `the output matches /${lacks}/`, said))
    // 127: the shell did not find the command, 126: it may not run it; it could not look.
    if ((exit === 127 || exit === 126) && params.exit !== exit)
      return unknown(`the command could not run (status ${exit}): ${said[0] ?? ''}`)
    // `ss | grep -c :23` prints 0 where there is no ss.
    const lacking = params.exit === 127 || params.exit === 126 ? undefined : notFound(stderr)
    if (lacking !== undefined) return unknown(`part of the command could not run: ${lacking}`)
    const whole = reading.coverage?.complete !== false
    if (whole && exit !== params.exit)
      return fail(
        finding(`exit ${exit}`, `the command ended with status ${exit}, expected ${params.exit}`, said),
      )
    if (whole && matches !== undefined && !compileLines(matches).isIn(stdout))
      return fail(finding('no match', `the output does not match /${matches}/`, said))
    if (whole && equals !== undefined && !sameText(stdout, equals))
      return fail(finding('differs', 'the output is not as expected', said))
    return passIfComplete(reading, said[0] ?? `status ${exit}`)
  },
}

const sameText = (one: string, other: string): boolean => linesIn(one).trim() === linesIn(other).trim()
