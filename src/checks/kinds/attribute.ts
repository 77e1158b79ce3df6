import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { isComplete } from '../../model/reading.ts'
import { fail, finding, pass, unknown, unknownBecause } from '../judgements.ts'
import { judgeMissingName, missingTypeAsks } from '../missing-name.ts'
import { selinuxAsk, withoutSelinux } from '../no-selinux.ts'
import { typeName } from '../schema-parts.ts'
import { allow, allowSchema } from './allow.ts'

export const attributeSchema = z
  .strictObject({
    attribute: typeName.describe('The attribute.'),
    type: typeName.describe('The type that has to be in it.'),
    effective: allowSchema.describe(
      'What membership is for, as in `allow`: a compiler may drop the attribute and keep the permission.',
    ),
  })
  .describe('A type is in an attribute; fails only when the permission that membership gives is gone too.')
type Params = z.infer<typeof attributeSchema>

const askOf = ({ attribute: name }: Params) => ({ probe: 'attribute', params: { attribute: name } }) as const

/** A type is in an attribute; fails only when the permission that membership gives is gone too. */
export const attribute: Kind<Params> = {
  name: 'attribute',
  schema: attributeSchema,
  asks: (params, knowledge) => [
    selinuxAsk,
    askOf(params),
    ...allow.asks(params.effective, knowledge),
    ...missingTypeAsks(knowledge),
  ],
  judge: (params, read, knowledge) => {
    const without = withoutSelinux(read)
    if (without) return without
    const reading = read(askOf(params))
    if (reading.state === 'unreadable') return unknownBecause('policy', reading)
    const answer = reading.value
    if (answer.state === 'known' && answer.values.includes(params.type))
      return pass(`${params.type} is in ${params.attribute}`)
    const effective = allow.judge(params.effective, read, knowledge)
    if (effective.status === 'pass')
      return pass(`not in ${params.attribute}, but what membership gives holds: ${effective.reason}`)
    if (effective.status !== 'fail') return effective
    if (answer.state === 'unknown-name') return judgeMissingName(answer, read, knowledge)
    if (!isComplete(reading)) return unknown('the policy’s answer is cut')
    return fail(
      finding(
        `${params.type} left ${params.attribute}`,
        `${params.type} is not in ${params.attribute}, and ${effective.findings[0]?.message ?? 'its permission is gone'}`,
        [`${params.attribute}: ${answer.values.slice(0, 20).join(' ') || '(empty)'}`],
      ),
    )
  },
}
