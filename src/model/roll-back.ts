import { z } from 'zod'

/** Which systems are meant: all that is said must hold. Words of os-release are globs; `os` is ID= or one of ID_LIKE=. */
const systems = {
  os: z.array(z.string()).optional(),
  versions: z.array(z.string()).optional(),
  updates: z.enum(['snapshots', 'ostree']).optional(),
  managedBy: z.literal('machine-config').optional(),
}

/** How a distribution takes packages back to a version, keeps them there, and installs one; or why nothing is to be done by hand. */
export const rollBackSchema = z.union([
  z.strictObject({ ...systems, none: z.string() }),
  z.strictObject({
    ...systems,
    /** The command; behind it `each` for every package, where it takes packages. */
    do: z.string(),
    each: z.string().optional(),
    /** It takes effect with the next boot. */
    boots: z.literal(true).optional(),
    /** The command that keeps packages from coming again; the names stand behind it. */
    hold: z.string().optional(),
    /** What is to be known of keeping them back, in words. */
    note: z.string().optional(),
    /** The command that installs a package; its name stands behind it. */
    install: z.string(),
    /** The command that installs one again as it is. */
    reinstall: z.string().optional(),
  }),
])
export type RollBack = z.infer<typeof rollBackSchema>
export const rollBackFileSchema = z.strictObject({ rollBack: z.array(rollBackSchema) })

/** Commands for an operator to read and run, on these nodes; nothing here runs them. Or why there are none. */
export type RollBackAdvice = WayBack | NoWayBack
export interface WayBack {
  readonly do: string
  /** It takes effect with the next boot, which is a step of its own; what keeps it there comes after that. */
  readonly boots?: true
  readonly hold?: string
  readonly note?: string
  readonly nodes: readonly string[]
}
export interface NoWayBack {
  readonly none: string
  readonly nodes: readonly string[]
}
