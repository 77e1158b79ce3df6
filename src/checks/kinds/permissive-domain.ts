import { z } from 'zod'
import type { ReadAsk } from '../../model/ask.ts'
import type { Kind } from '../../model/check.ts'
import { globMatches } from '../../model/glob.ts'
import type { Finding } from '../../model/outcome.ts'
import { isComplete } from '../../model/reading.ts'
import { fail, finding, passIfComplete, unknown, unknownBecause } from '../judgements.ts'
import { selinuxAsk, withoutSelinux } from '../no-selinux.ts'
import { modulesAsk } from '../selinux-modules.ts'

const typePattern = z.string().regex(/^[A-Za-z_*][\w.*-]*$/, {
  error: 'a name of the policy is needed, or one with *: letters, digits, _ . - and *',
})

export const permissiveDomainSchema = z
  .strictObject({
    domains: z.array(typePattern).min(1).describe('Types of processes; `*` stands for any characters.'),
  })
  .describe('None of the named domains is permissive on its own: that hides what would be denied.')
type Params = z.infer<typeof permissiveDomainSchema>

const permissiveAsk = { probe: 'permissive-types', params: {} } as const

/** None of the named domains is permissive on its own: that hides what would be denied. */
export const permissiveDomain: Kind<Params> = {
  name: 'permissive-domain',
  schema: permissiveDomainSchema,
  asks: () => [selinuxAsk, permissiveAsk, modulesAsk],
  judges: () => [{ type: 'permissive-domain' }],
  judge: ({ domains }, read) => {
    const without = withoutSelinux(read)
    if (without) return without
    const reading = read(permissiveAsk)
    if (reading.state === 'unreadable') return unknownBecause('policy', reading)
    if (reading.value.state === 'unknown-name')
      return unknown(`the policy does not know ${reading.value.name}`)
    const permissive = reading.value.values.filter(type => domains.some(glob => globMatches(glob, type)))
    if (permissive.length === 0)
      return passIfComplete(reading, `no domain of ${domains.join(', ')} is permissive`)
    return fail(...permissive.map(type => toFinding(type, read)))
  },
}

// semanage makes a module of its own for each; what else is permissive, another module of the policy has so.
const toFinding = (type: string, read: ReadAsk): Finding => {
  const modules = read(modulesAsk)
  const own =
    modules.state === 'read'
      ? modules.value.modules.find(({ name, enabled }) => enabled && name === `permissive_${type}`)
      : undefined
  const isOfAnother = modules.state === 'read' && isComplete(modules) && own === undefined
  return {
    ...finding(`permissive ${type}`, `the domain ${type} is permissive: its denials are only logged`, [
      `permissive ${type};`,
      ...(own ? [`module ${own.name} at priority ${own.priority}`] : []),
    ]),
    remedy: isOfAnother
      ? `A module of the policy has ${type} permissive, and none that semanage made: \`semodule -lfull\` lists them. Update the one that does, or remove it where somebody added it.`
      : `${endOf(type)} ends it, once the policy that made it necessary is repaired.`,
  }
}

// The name is of the node's own policy, and somebody may run what is printed.
const endOf = (type: string): string =>
  /^[A-Za-z][\w.-]*$/.test(type)
    ? `\`semanage permissive -d ${type}\``
    : 'semanage permissive -d, with its name,'
