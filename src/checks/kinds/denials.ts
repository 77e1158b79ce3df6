import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import type { JudgedDenial } from '../../model/denial.ts'
import { fail, finding, passIfComplete, unknownBecause } from '../judgements.ts'
import { denialAsks, denialsAsk, judgeDenials } from '../judged-denials.ts'
import { selinuxAsk, withoutSelinux } from '../no-selinux.ts'
import { typeName } from '../schema-parts.ts'

export const denialsSchema = z
  .strictObject({
    signature: z.enum(['known', 'none']).describe('Those with a known signature, or those without one.'),
    types: z
      .array(typeName)
      .optional()
      .describe('Only denials whose source or target is one of these types.'),
  })
  .describe('No active denial of the chosen sort; past ones are shown, never failed.')
type Params = z.infer<typeof denialsSchema>

/** No active denial of the chosen sort; past ones are shown, never failed. */
export const denials: Kind<Params> = {
  name: 'denials',
  schema: denialsSchema,
  asks: () => [selinuxAsk, ...denialAsks],
  judge: (params, read, knowledge) => {
    const without = withoutSelinux(read)
    if (without) return without
    const reading = read(denialsAsk)
    if (reading.state === 'unreadable') return unknownBecause('denials', reading)
    const judged = judgeDenials(reading.value, read, knowledge)
    const chosen = judged.filter(
      denial =>
        denial.active &&
        (params.signature === 'known') === (denial.signature !== undefined) &&
        (params.types === undefined ||
          params.types.includes(denial.source) ||
          params.types.includes(denial.target)),
    )
    if (chosen.length > 0)
      return fail(...chosen.map(denial => toFinding(denial, titleOf(denial, knowledge.signatures))))
    const past = judged.filter(({ active }) => !active).length
    const since = reading.coverage?.since
    return passIfComplete(
      reading,
      `no active one in ${reading.value.source}${since === undefined ? '' : ` since ${isoMinute(since)}`}${past > 0 ? `; ${past} past` : ''}`,
    )
  },
}

const titleOf = (
  denial: JudgedDenial,
  signatures: readonly { readonly id: string; readonly title: string }[],
): string | undefined => signatures.find(({ id }) => id === denial.signature)?.title

const toFinding = (denial: JudgedDenial, title: string | undefined) => {
  const rule = `${denial.source} → ${denial.target}:${denial.class} ${denial.permissions.join(' ')}`
  const by = denial.commands.length > 0 ? ` (${denial.commands.slice(0, 4).join(', ')})` : ''
  return finding(
    `${denial.signature ?? 'denied'} ${rule}`,
    `${title ? `${title}: ` : ''}${denial.enforced ? 'denied' : 'would be denied'} ${rule}${by}`,
    [denial.sample],
  )
}

const isoMinute = (epoch: number): string => `${new Date(epoch * 1000).toISOString().slice(0, 16)}Z`
