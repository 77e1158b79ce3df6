import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { inRange } from '../../model/version.ts'
import { fail, finding, passIfComplete, unknown, unknownBecause } from '../judgements.ts'
import { inOrder, oneOrMore, plainVersion } from '../schema-parts.ts'

export const osSchema = z
  .strictObject({
    id: oneOrMore(
      z
        .string()
        .regex(/^[a-z0-9][a-z0-9._-]*$/, { error: 'an ID of os-release is needed, in small letters' }),
    ).describe('`ID=` of os-release: `fedora`, `rocky`, `flatcar`, …; one of them.'),
    from: plainVersion.optional().describe('The oldest `VERSION_ID=` that is meant, in quotes.'),
    before: plainVersion.optional().describe('The first that is no longer meant.'),
  })
  .superRefine(inOrder)
  .describe('The node runs one of these systems; for `when` and `lowered`.')
type Params = z.infer<typeof osSchema>

const osAsk = { probe: 'os', params: {} } as const

/** The node runs one of these systems. */
export const os: Kind<Params> = {
  name: 'os',
  schema: osSchema,
  asks: () => [osAsk],
  judge: ({ id, ...range }, read) => {
    const reading = read(osAsk)
    if (reading.state === 'unreadable') return unknownBecause('operating system', reading)
    const system = reading.value
    const isRanged = range.from !== undefined || range.before !== undefined
    if (id.includes(system.id) && isRanged && !/^\d/.test(system.versionId))
      return unknown(`the version of ${system.name} could not be read`)
    return id.includes(system.id) && inRange(system.versionId, range)
      ? passIfComplete(reading, system.name)
      : fail(finding(`system ${system.id}`, `the system is ${system.name}`))
  },
}
