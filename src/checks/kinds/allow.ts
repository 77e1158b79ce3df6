import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { isComplete } from '../../model/reading.ts'
import { fail, finding, pass, unknown, unknownBecause } from '../judgements.ts'
import { booleansAsk, holdsNow } from '../condition.ts'
import { judgeMissingName, missingTypeAsks } from '../missing-name.ts'
import { selinuxAsk, withoutSelinux } from '../no-selinux.ts'
import { typeName } from '../schema-parts.ts'

export const allowSchema = z
  .strictObject({
    source: typeName.describe('The type or attribute that acts.'),
    target: typeName.describe('The type or attribute acted on; `self` for the source itself.'),
    class: typeName.describe('The class of the object: `file`, `unix_stream_socket`, `capability`, …'),
    permissions: z.array(typeName).min(1).describe('All of them must be allowed.'),
  })
  .describe('The loaded policy allows permissions, with the node’s current booleans.')
type Params = z.infer<typeof allowSchema>

const askOf = (params: Params) => ({ probe: 'allow', params }) as const

/** The policy allows permissions, with the node's current booleans. */
export const allow: Kind<Params> = {
  name: 'allow',
  schema: allowSchema,
  asks: (params, knowledge) => [selinuxAsk, askOf(params), booleansAsk, ...missingTypeAsks(knowledge)],
  judge: (params, read, knowledge) => {
    const without = withoutSelinux(read)
    if (without) return without
    const reading = read(askOf(params))
    if (reading.state === 'unreadable') return unknownBecause('policy', reading)
    if (reading.value.state === 'unknown-name') return judgeMissingName(reading.value, read, knowledge)
    const rules = reading.value.values.map(rule => ({ rule, holds: holdsNow(rule.condition, read) }))
    const lacking = params.permissions.filter(
      wanted => !rules.some(({ rule, holds: now }) => now === true && rule.permissions.includes(wanted)),
    )
    if (lacking.length === 0) return pass(rules[0]?.rule.text ?? '')
    const open = rules.find(
      ({ rule, holds: now }) => now === undefined && lacking.some(one => rule.permissions.includes(one)),
    )
    if (open) return unknown(`whether this conditional rule holds now could not be read: ${open.rule.text}`)
    if (!isComplete(reading)) return unknown('the policy’s answer is cut')
    const rule = `allow ${params.source} ${params.target}:${params.class} { ${lacking.join(' ')} }`
    return fail(
      finding(
        `lost ${rule}`,
        `the policy does not allow ${params.source} → ${params.target}:${params.class} ${lacking.join(', ')}`,
        [`no rule: ${rule}`, ...rules.map(one => `off now: ${one.rule.text}`)],
      ),
    )
  },
}
