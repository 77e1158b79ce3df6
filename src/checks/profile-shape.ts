import { z } from 'zod'
import { severitySchema } from '../model/severity-schema.ts'
import { kinds } from './kinds/index.ts'
import { componentTypesSchema, oneOrMore, ownName as name } from './schema-parts.ts'

/*
 * What a profile looks like, once: the loader, the JSON Schema for editors and docs/profiles.md are made from it. Every key has
 * its description here, or with its kind.
 */

const text = z.string().refine(one => one.trim() !== '', { error: 'a text is needed, and this one is empty' })

/** Keys that combine requirements instead of making one. */
export const combinators = ['all', 'any', 'not'] as const

const nested: z.ZodType = z.lazy(() => expressionShape)

// One kind or one combination; that it is exactly one is checked where it is read.
const requirement = (): Readonly<Record<string, z.ZodType>> => ({
  ...Object.fromEntries([...kinds].map(([kind, { schema }]) => [kind, schema.optional()])),
  all: z.array(nested).min(1).optional().describe('Each of them must hold: one that fails decides.'),
  any: z.array(nested).min(1).optional().describe('One of them must hold: one that passes decides.'),
  not: nested.optional().describe('It must not hold. What is unknown stays unknown.'),
})

/** Names of all kinds and combinations. */
export const requirementKeys: readonly string[] = Object.keys(requirement())

/** A requirement or a guard: a mapping with one key. */
export const expressionShape: z.ZodType = z
  .strictObject(requirement())
  .meta({ id: 'requirement', minProperties: 1, maxProperties: 1 })

const loweredShape = z
  .array(
    z.strictObject({
      when: expressionShape.describe('Where this certainly holds.'),
      to: severitySchema.describe('The severity there.'),
      because: text.describe('The reason, as it is told.'),
    }),
  )
  .optional()

const insteadShape = z
  .array(
    z.strictObject({
      when: expressionShape.describe('Where this certainly holds.'),
      remedy: text.describe(
        'What to do there; `{units}` stands for the units of the programs that were found.',
      ),
    }),
  )
  .optional()

const plain = {
  id: name.describe('Its name in reports, waivers and JUnit; one namespace over all profiles of a run.'),
  title: text.optional().describe('What is expected, as a sentence that holds when it passes.'),
  failureTitle: text.optional().describe('The headline when it fails.'),
  symptom: text
    .optional()
    .describe('What somebody notices when it fails; the headline before `failureTitle`.'),
  severity: severitySchema.describe('How bad a failure is; `info` never gates.'),
  why: text.optional().describe('Why it matters.'),
  remedy: text.optional().describe('What to do when it fails.'),
  instead: insteadShape.describe(
    'Where another remedy is right than `remedy`: the first whose requirement certainly holds.',
  ),
  takeBack: z
    .literal('never')
    .optional()
    .describe('`never`: taking an update back would not mend it, so no way back is advised.'),
  afterwards: text.optional().describe('What is left to do once a cause is taken back: “restart the pods”.'),
  avoid: text.optional().describe('What must not be done, although it seems to help.'),
  references: oneOrMore(text).optional().describe('Addresses to read more at.'),
  finding: text.optional().describe('Replaces the kind’s own words of what was found.'),
  when: expressionShape
    .optional()
    .describe('A requirement that says where the check applies; elsewhere it is not applicable.'),
  lowered: loweredShape.describe(
    'Where a failure weighs less, before what the profile says: the first that certainly holds.',
  ),
  consequenceOf: oneOrMore(name)
    .optional()
    .describe('Checks of this profile whose failure explains this one’s; the first that fails is named.'),
}

/** Keys of a check beside its requirement. */
export const plainKeys: readonly string[] = Object.keys(plain)

/** One check. */
export const checkShape = z
  .strictObject({ ...plain, ...requirement() })
  .meta({ id: 'check', oneOf: requirementKeys.map(key => ({ required: [key] })) })

/** A profile but for its checks, which are read one by one so that each tells its own mistakes. */
export const profileShape = z.strictObject({
  profile: name.describe('Its name in reports.'),
  title: text.optional().describe('What it is about.'),
  lowered: loweredShape.describe('Where failures of all its checks weigh less.'),
  componentTypes: componentTypesSchema
    .optional()
    .describe('What containers run as where the policy does not know spc_t and container_t.'),
  checks: z.array(z.unknown()).min(1).describe('Its checks.'),
})

/** A whole profile. */
export const wholeShape = profileShape.extend({ checks: z.array(checkShape).min(1).describe('Its checks.') })
