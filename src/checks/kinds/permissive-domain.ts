import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { fail, finding, passIfComplete, unknown, unknownBecause } from '../judgements.ts'
import { selinuxAsk, withoutSelinux } from '../no-selinux.ts'
import { typeName } from '../schema-parts.ts'

export const permissiveDomainSchema = z
  .strictObject({ domains: z.array(typeName).min(1).describe('Types of processes.') })
  .describe('None of the named domains is permissive on its own: that hides what would be denied.')
type Params = z.infer<typeof permissiveDomainSchema>

const permissiveAsk = { probe: 'permissive-types', params: {} } as const

/** None of the named domains is permissive on its own: that hides what would be denied. */
export const permissiveDomain: Kind<Params> = {
  name: 'permissive-domain',
  schema: permissiveDomainSchema,
  asks: () => [selinuxAsk, permissiveAsk],
  judge: ({ domains }, read) => {
    const without = withoutSelinux(read)
    if (without) return without
    const reading = read(permissiveAsk)
    if (reading.state === 'unreadable') return unknownBecause('policy', reading)
    if (reading.value.state === 'unknown-name')
      return unknown(`the policy does not know ${reading.value.name}`)
    const permissive = reading.value.values.filter(type => domains.includes(type))
    if (permissive.length === 0)
      return passIfComplete(reading, `none of ${domains.length} domains is permissive`)
    return fail(
      ...permissive.map(type => ({
        ...finding(`permissive ${type}`, `the domain ${type} is permissive: its denials are only logged`, [
          `permissive ${type};`,
        ]),
        remedy: `\`semanage permissive -d ${type}\` ends it, once the policy that made it necessary is repaired.`,
      })),
    )
  },
}
