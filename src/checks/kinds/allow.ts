import { z } from 'zod'
import type { ReadAsk } from '../../model/ask.ts'
import type { Kind } from '../../model/check.ts'
import type { AllowRule } from '../../model/facts.ts'
import { isComplete } from '../../model/reading.ts'
import { fail, finding, pass, unknown, unknownBecause } from '../judgements.ts'
import { judgeMissingType, missingTypeAsks } from '../missing-type.ts'
import { selinuxAsk, withoutSelinux } from '../no-selinux.ts'
import { typeName } from '../schema-parts.ts'

export const allowSchema = z.strictObject({
  source: typeName,
  target: z.union([typeName, z.literal('self')]),
  class: typeName,
  permissions: z.array(typeName).min(1),
})
type Params = z.infer<typeof allowSchema>

const askOf = (params: Params) => ({ probe: 'allow', params }) as const
const booleansAsk = { probe: 'booleans', params: {} } as const

/** The policy allows permissions, with the node's current booleans. */
export const allow: Kind<Params> = {
  name: 'allow',
  schema: allowSchema,
  asks: params => [selinuxAsk, askOf(params), booleansAsk, ...missingTypeAsks],
  judge: (params, read) => {
    const without = withoutSelinux(read)
    if (without) return without
    const reading = read(askOf(params))
    if (reading.state === 'unreadable') return unknownBecause('policy', reading)
    if (reading.value.state === 'unknown-name') return judgeMissingType(reading.value.name, read)
    const rules = reading.value.values.map(rule => ({ rule, holds: holds(rule, read) }))
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

// [ virt_use_nfs ]:True   Longer expressions stay undecided here.
const holds = ({ condition }: AllowRule, read: ReadAsk): boolean | undefined => {
  if (condition === undefined) return true
  const match = /^\[ (\w+) \](?::(True|False))?$/.exec(condition.trim())
  const booleans = read(booleansAsk)
  if (!match || booleans.state === 'unreadable') return undefined
  const state = booleans.value.find(({ name }) => name === match[1])
  return state && state.current === (match[2] !== 'False')
}
