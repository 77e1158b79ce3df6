import { z } from 'zod'
import { severitySchema } from './severity-schema.ts'

/** A package version known to be bad; data in `profiles/advisories.yaml`. Versions compare without epoch. */
export const advisorySchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  package: z.string(),
  /** First bad version, inclusive. */
  from: z.string().optional(),
  /** First good version, exclusive. */
  before: z.string().optional(),
  /** RE2 pattern on `version-release`, where versions are not ordered. */
  matches: z.string().optional(),
  /** os-release IDs it holds for; absent means all. */
  os: z.array(z.string()).optional(),
  /** It holds only beside this other package's versions. */
  with: z
    .strictObject({ package: z.string(), from: z.string().optional(), before: z.string().optional() })
    .optional(),
  /** It does not hold when this package is installed at least in this version. */
  unless: z.strictObject({ package: z.string(), from: z.string() }).optional(),
  /** The checks that fail because of it, besides the one that knows the advisories. */
  checks: z.array(z.string()).default([]),
  /** The check of what it breaks: where that certainly passes, something mends it already. */
  shownBy: z.string().optional(),
  severity: severitySchema,
  detail: z.string(),
  remedy: z.string(),
  references: z.array(z.string()).default([]),
})
export type Advisory = z.infer<typeof advisorySchema>
export const advisoriesFileSchema = z.strictObject({ advisories: z.array(advisorySchema) })
