import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { isComplete } from '../../model/reading.ts'
import { isAdvised } from '../advisory-match.ts'
import { fail, finding, passIfComplete, unknownBecause } from '../judgements.ts'
import { policyPackagesAsk } from '../policy-packages.ts'

export const advisorySchema = z.strictObject({
  advisories: z.union([z.literal('all'), z.array(z.string()).min(1)]),
})
type Params = z.infer<typeof advisorySchema>

const osAsk = { probe: 'os', params: {} } as const

/** No installed package is one of the versions known to be bad. */
export const advisory: Kind<Params> = {
  name: 'advisory',
  schema: advisorySchema,
  asks: () => [policyPackagesAsk, osAsk],
  judge: (params, read, { advisories }) => {
    const reading = read(policyPackagesAsk)
    if (reading.state === 'unreadable') return unknownBecause('packages', reading)
    const os = read(osAsk)
    if (os.state === 'unreadable') return unknownBecause('operating system', os)
    const chosen = advisories.filter(
      ({ id }) => params.advisories === 'all' || params.advisories.includes(id),
    )
    const hits = chosen
      .filter(one => one.os === undefined || one.os.includes(os.value.id))
      .flatMap(one =>
        reading.value.packages
          .filter(installed => isAdvised(one, installed, reading.value.packages))
          .map(installed => ({ one, installed })),
      )
    // What would excuse a version may be in the part that was cut.
    const certain = hits.filter(({ one }) => one.unless === undefined || isComplete(reading))
    if (certain.length > 0)
      return fail(
        ...certain.map(({ one, installed }) =>
          finding(
            one.id,
            `${installed.name} ${installed.version}-${installed.release}: ${one.title}. ${one.remedy}`,
            [one.detail, ...one.references],
          ),
        ),
      )
    return passIfComplete(reading, `none of ${chosen.length} known bad versions`)
  },
}
