import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { compileLines } from '../../model/regex.ts'
import { compareVersions } from '../../model/version.ts'
import { fail, finding, passIfComplete, unknownBecause } from '../judgements.ts'
import { patternText } from '../schema-parts.ts'

export const kernelSchema = z
  .strictObject({
    from: z
      .string()
      .regex(/^\d[\w.+~-]*$/, { error: "a release is needed that begins with a digit, as '5.14'" })
      .optional()
      .describe('The oldest release that will do.'),
    not: z.array(patternText).optional().describe('Patterns of releases that are bad.'),
    modules: z
      .array(z.string().regex(/^[\w-]+$/, { error: 'the name of a kernel module is needed' }))
      .optional()
      .describe('Modules that must be loaded or built in.'),
  })
  .refine(params => params.from !== undefined || params.not !== undefined || params.modules !== undefined, {
    error: 'one of from, not and modules is needed',
  })
  .describe('The running kernel is new enough, not a known bad one, and has modules loaded or built in.')
type Params = z.infer<typeof kernelSchema>

const askOf = ({ modules = [] }: Params) => ({ probe: 'kernel', params: { modules } }) as const

/** The running kernel is new enough, not a known bad one, and has modules loaded or built in. */
export const kernel: Kind<Params> = {
  name: 'kernel',
  schema: kernelSchema,
  asks: params => [askOf(params)],
  judge: (params, read) => {
    const reading = read(askOf(params))
    if (reading.state === 'unreadable') return unknownBecause('kernel', reading)
    const { release, modules } = reading.value
    const bad = params.not?.find(pattern => compileLines(pattern).isIn(release))
    const absent = modules.filter(({ state }) => state === 'absent')
    const findings = [
      ...(params.from !== undefined && compareVersions(release, params.from) < 0
        ? [finding('old kernel', `kernel ${release} is older than ${params.from}`)]
        : []),
      ...(bad === undefined ? [] : [finding('bad kernel', `kernel ${release} is a known bad one`)]),
      ...absent.map(({ name }) =>
        finding(`module ${name}`, `the kernel module ${name} is neither loaded nor built in`),
      ),
    ]
    return findings.length > 0 ? fail(...findings) : passIfComplete(reading, `kernel ${release}`)
  },
}
