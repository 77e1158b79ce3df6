import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { isComplete } from '../../model/reading.ts'
import { inRange } from '../../model/version.ts'
import { fail, finding, passIfComplete, unknown, unknownBecause } from '../judgements.ts'
import { inOrder, onlyWhere, plainVersion } from '../schema-parts.ts'

export const packageSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w][\w.+-]*$/, { error: 'the name of one package is needed' })
      .describe('Its name in rpm or dpkg.'),
    installed: z.boolean().default(true).describe('`false`: it must not be installed.'),
    from: plainVersion
      .optional()
      .describe("The oldest version that will do, in quotes: `'1.10'`; without epoch and release."),
    before: plainVersion.optional().describe('The first version that will no longer do.'),
  })
  .superRefine(onlyWhere('installed', ['from', 'before']))
  .superRefine(inOrder)
  .describe('A package is installed, or not, in a range of versions.')
type Params = z.infer<typeof packageSchema>

const askOf = ({ name }: Params) => ({ probe: 'packages', params: { names: [name] } }) as const

/** A package is installed, or not, in a range of versions. */
export const packageKind: Kind<Params> = {
  name: 'package',
  schema: packageSchema,
  asks: params => [askOf(params)],
  judge: (params, read) => {
    const reading = read(askOf(params))
    if (reading.state === 'unreadable') return unknownBecause('packages', reading)
    const found = reading.value.packages.filter(({ name }) => name === params.name)
    const shown = found.map(({ name, version, release }) => `${name} ${version}-${release}`)
    if (!params.installed)
      return found.length > 0
        ? fail(finding(`installed ${params.name}`, `${params.name} is installed`, shown))
        : passIfComplete(reading, `${params.name} is not installed`)
    if (found.length === 0)
      return isComplete(reading)
        ? fail(finding(`missing ${params.name}`, `${params.name} is not installed`))
        : unknown('the list of packages is cut')
    const unfinished = found.find(one => one.unfinished)
    if (unfinished)
      return fail(
        finding(`unfinished ${params.name}`, `${params.name} is unpacked but not configured`, shown),
      )
    const outside = found.filter(({ version }) => !inRange(version, params))
    if (outside.length > 0)
      return fail(
        finding(`version ${params.name}`, `${shown.join(', ')}: expected ${rangeText(params)}`, shown),
      )
    return passIfComplete(reading, shown.join(', '))
  },
}

const rangeText = ({ from, before }: Params): string =>
  [from && `at least ${from}`, before && `below ${before}`].filter(Boolean).join(' and ')
