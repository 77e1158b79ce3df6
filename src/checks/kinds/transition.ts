import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { isComplete } from '../../model/reading.ts'
import { fail, finding, pass, unknown, unknownBecause } from '../judgements.ts'
import { booleansAsk, holdsNow } from '../condition.ts'
import { judgeMissingName, missingTypeAsks } from '../missing-name.ts'
import { selinuxAsk, withoutSelinux } from '../no-selinux.ts'
import { typeName } from '../schema-parts.ts'

export const transitionSchema = z
  .strictObject({
    source: typeName.describe('The domain that runs or makes something.'),
    target: typeName.describe('The type of the file that is run, or of the folder.'),
    class: typeName.default('process').describe('`process`, or the class of what is made.'),
    to: typeName.describe('The type that comes of it.'),
  })
  .describe('The loaded policy has an automatic transition.')
type Params = z.infer<typeof transitionSchema>

// All transitions of a domain at once: four targets are one question to a slow tool.
const askOf = ({ source, class: className }: Params) =>
  ({ probe: 'transition', params: { source, class: className } }) as const

/** The policy has an automatic transition; the true cause of Longhorn 5348 is one lost, no allow rule shows it. */
export const transition: Kind<Params> = {
  name: 'transition',
  schema: transitionSchema,
  asks: (params, knowledge) => [selinuxAsk, askOf(params), booleansAsk, ...missingTypeAsks(knowledge)],
  judge: (params, read, knowledge) => {
    const without = withoutSelinux(read)
    if (without) return without
    const reading = read(askOf(params))
    if (reading.state === 'unreadable') return unknownBecause('policy', reading)
    if (reading.value.state === 'unknown-name') return judgeMissingName(reading.value, read, knowledge)
    const rules = reading.value.values
      .filter(rule => rule.target === params.target && rule.class === params.class && rule.name === undefined)
      .map(rule => ({ ...rule, holds: holdsNow(rule.condition, read) }))
      .filter(({ holds }) => holds !== false)
    const open = rules.find(({ holds }) => holds === undefined)
    if (open) return unknown(`whether this conditional rule holds now could not be read: ${open.text}`)
    const right = rules.find(({ to }) => to === params.to)
    if (right) return pass(right.text)
    if (rules.length === 0 && !isComplete(reading)) return unknown('the policy’s answer is cut')
    const rule = `type_transition ${params.source} ${params.target}:${params.class} ${params.to};`
    const other = rules[0]
    return fail(
      finding(
        `lost ${rule}`,
        other
          ? `${params.source} on ${params.target} goes to ${other.to}, not to ${params.to}`
          : `the policy lacks the transition ${params.source} on ${params.target} → ${params.to}`,
        [other ? other.text : `no rule: ${rule}`],
      ),
    )
  },
}
