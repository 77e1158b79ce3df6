import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import type { ServiceState } from '../../model/facts.ts'
import { unitMistake } from '../../model/unit-name.ts'
import { fail, finding, passIfComplete, unknown, unknownBecause } from '../judgements.ts'

const unitName = z
  .string()
  .regex(/^[\w@.:\\-]+$/, { error: 'the name of a systemd unit is needed' })
  .superRefine((name, context) => {
    const message = unitMistake(name)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

export const serviceSchema = z
  .strictObject({
    units: z
      .array(unitName)
      .min(1)
      .describe(
        'As for systemctl: `sshd` is `sshd.service`. Any one of them is enough for `active`; none may be for `inactive`.',
      ),
    state: z.enum(['active', 'inactive']).describe('What systemd says of it.'),
  })
  .describe('A systemd unit runs, or does not.')
type Params = z.infer<typeof serviceSchema>

const askOf = ({ units }: Params) => ({ probe: 'services', params: { units } }) as const

/** A systemd unit runs, or does not. */
export const service: Kind<Params> = {
  name: 'service',
  schema: serviceSchema,
  asks: params => [askOf(params)],
  judge: (params, read) => {
    const reading = read(askOf(params))
    if (reading.state === 'unreadable') return unknownBecause('services', reading)
    const shown = reading.value.map(({ unit, load, active }) => `${unit} ${load} ${active}`)
    const active = reading.value.filter(one => one.active === 'active' || one.active === 'reloading')
    // A unit that is started again and again is `activating` most of the time.
    const between = reading.value.find(
      one => one.active === 'activating' || one.active === 'deactivating' || one.active === 'maintenance',
    )
    if (active.length === 0 && between) return unknown(`${between.unit} is ${between.active}`)
    if (params.state === 'active')
      return active.length > 0
        ? passIfComplete(reading, `${active[0]?.unit ?? ''} is active`)
        : fail({
            ...finding(
              `stopped ${params.units.join(' ')}`,
              `${params.units.join(' and ')}: ${reading.value.map(one => one.active).join(', ')}`,
              shown,
            ),
            ...startOf(reading.value),
          })
    return active.length === 0
      ? passIfComplete(reading, shown.join(', '))
      : fail(...active.map(({ unit }) => finding(`running ${unit}`, `${unit} is active`, shown)))
  },
}

// What is not there cannot be started; a name as systemd writes it may hold a backslash.
const startOf = (units: readonly ServiceState[]): { readonly remedy?: string } => {
  const unit = units.find(({ load }) => load === 'loaded')?.unit
  return unit === undefined || !/^[\w@.:-]+$/.test(unit)
    ? {}
    : { remedy: `\`systemctl enable --now ${unit}\` starts it, now and at every boot.` }
}
