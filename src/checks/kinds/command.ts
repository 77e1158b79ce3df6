import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { compileRegex } from '../../model/regex.ts'
import { fail, finding, passIfComplete, unknown, unknownBecause } from '../judgements.ts'
import { patternText } from '../schema-parts.ts'

export const commandSchema = z.strictObject({
  /** POSIX sh, read-only; stdin is empty. */
  run: z.string().min(1),
  exit: z.number().int().min(0).max(255).default(0),
  stdout: z
    .strictObject({
      matches: patternText.optional(),
      lacks: patternText.optional(),
      equals: z.string().optional(),
    })
    .optional(),
  /** Needs root: without it the answer is unknown instead of whatever the command says then. */
  root: z.boolean().default(false),
  seconds: z.number().int().min(1).max(120).default(20),
})
type Params = z.infer<typeof commandSchema>

const askOf = ({ run, seconds, root }: Params) =>
  ({ probe: 'command', params: { run, seconds, root } }) as const

/** A command of one's own ends and speaks as expected. */
export const command: Kind<Params> = {
  name: 'command',
  schema: commandSchema,
  asks: params => [askOf(params)],
  judge: (params, read) => {
    const reading = read(askOf(params))
    if (reading.state === 'unreadable') return unknownBecause('command', reading)
    const { exit, stdout, stderr } = reading.value
    const said = [...stdout.split('\n'), ...stderr.split('\n')].filter(line => line.trim() !== '')
    // 127: the shell did not find the command, 126: it may not run it; it could not look.
    if ((exit === 127 || exit === 126) && params.exit !== exit)
      return unknown(`the command could not run (status ${exit}): ${said[0] ?? ''}`)
    const whole = reading.coverage?.complete !== false
    if (whole && exit !== params.exit)
      return fail(
        finding(`exit ${exit}`, `the command ended with status ${exit}, expected ${params.exit}`, said),
      )
    const { matches, lacks, equals } = params.stdout ?? {}
    if (lacks !== undefined && compileRegex(lacks).isIn(stdout))
      return fail(finding('matches', `the output matches /${lacks}/`, said))
    if (whole && matches !== undefined && !compileRegex(matches).isIn(stdout))
      return fail(finding('no match', `the output does not match /${matches}/`, said))
    if (whole && equals !== undefined && stdout.trim() !== equals.trim())
      return fail(finding('differs', 'the output is not as expected', said))
    return passIfComplete(reading, said[0] ?? `status ${exit}`)
  },
}
