import { z } from 'zod'

/** How a distribution takes a package back to a version, and keeps it there. */
export const rollBackSchema = z
  .strictObject({
    os: z.array(z.string()).optional(),
    ostree: z.literal(true).optional(),
    do: z.string(),
    hold: z.string(),
  })
  .refine(({ os, ostree }) => (os === undefined) !== (ostree === undefined), {
    error: 'either os or ostree is needed',
  })
export type RollBack = z.infer<typeof rollBackSchema>
export const rollBackFileSchema = z.strictObject({ rollBack: z.array(rollBackSchema) })

/** Commands for an operator to read and run; nothing here runs them. */
export interface RollBackAdvice {
  readonly do: string
  readonly hold: string
  readonly nodes: readonly string[]
}
