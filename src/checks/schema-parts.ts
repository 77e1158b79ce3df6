import { z } from 'zod'
import { parseContext } from '../model/context.ts'
import { regexMistake } from '../model/regex.ts'
import { compareVersions } from '../model/version.ts'

/** A name of a profile or a check. */
export const ownName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'small letters, digits and dashes are needed' })

/** A name of the policy: type, attribute, class or permission. Never a word a shell or sesearch could take as more. */
export const typeName = z.string().regex(/^[A-Za-z_][\w.-]*$/, {
  error: ({ input }) => {
    const context = typeof input === 'string' ? parseContext(input) : undefined
    return context
      ? `only the type is needed of a context: write ${context.type}`
      : 'a name of the policy is needed: letters, digits, _ . and -'
  },
})

/** A type, those that begin so (`container_*`), or those that the data of denials names together. */
export const typeOrGroup = z.string().regex(/^(?:@containers|@runtimes|[A-Za-z_][\w.-]*\*?)$/, {
  error: 'a type is needed, the beginning of types with a * after it, @containers or @runtimes',
})

/** A pattern of RE2, which reads lines as `compileLines` has them. */
export const patternText = z.string().superRefine((text, context) => {
  const mistake = regexMistake(text)
  const lacking = /\(\?<?[=!]/.test(text)
    ? '; it has no look-ahead and no look-behind'
    : /\\[1-9]/.test(text)
      ? '; it has no back-references'
      : ''
  if (mistake !== undefined)
    context.addIssue({
      code: 'custom',
      message: `not an RE2 pattern: ${mistake.replace(/^error parsing regexp: /, '')}${lacking}`,
    })
})

/** One value or a list, always a list after parsing. */
export const oneOrMore = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([schema.transform(one => [one]), z.array(schema).min(1)])

// Without \p{…}, which Python reads otherwise: the JSON Schema has these patterns.
const seen = String.raw`[^\x00-\x1f\x7f-\x9f]`
const seenButStar = String.raw`[^\x00-\x1f\x7f-\x9f*]`

/** An absolute path without control characters. */
export const pathText = z.string().regex(new RegExp(`^/${seen}*$`), { error: 'an absolute path is needed' })

/**
 * A path, one below a root (`{kubelet}/plugins`), or the newest entries of folders (`/var/lib/x/*`, `/var/lib/x/word*`): two stars at
 * most, each at the end of a name.
 */
export const pathOrPattern = z
  .string()
  .regex(
    new RegExp(
      String.raw`^(?:\{[a-z]+\}|(?:\{[a-z]+\})?/${seenButStar}*(?:\*(?:/${seenButStar}*(?:\*(?:/${seenButStar}*)?)?)?)?)$`,
    ),
    { error: 'an absolute path is needed, or {kubelet}/…, or a folder’s entries as /folder/*' },
  )

/** What a profile says that containers run as where the policy does not know spc_t and container_t. */
export const componentTypesSchema = z.strictObject({
  privileged: oneOrMore(typeName).describe('Types of privileged containers.'),
  confined: oneOrMore(typeName).describe('Types of all others.'),
})

/** A version as a person compares it: `2.222.0`. With an epoch or a release it would be compared as something else. */
export const plainVersion = z.string().regex(/^\d[\w.+~^]*$/, {
  error: "a version is needed that begins with a digit, without epoch and release, as '2.222.0'",
})

/** Refuses a word that is wanted and not wanted: nothing could ever pass. */
export const notBoth =
  (wanted: string, unwanted: string) =>
  (params: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    const others = new Set(wordsIn(params[unwanted]))
    const both = wordsIn(params[wanted]).find(one => others.has(one))
    if (both !== undefined)
      context.addIssue({
        code: 'custom',
        path: [unwanted],
        message: `${both} is in '${wanted}' and in '${unwanted}': nothing can pass`,
      })
  }

const wordsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(one => typeof one === 'string') : []

/** Refuses what says how a thing has to be where it must not be there at all. */
export const onlyWhere =
  (there: string, keys: readonly string[]) =>
  (params: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    const idle = keys.find(key => params[key] !== undefined)
    if (params[there] === false && idle !== undefined)
      context.addIssue({
        code: 'custom',
        path: [idle],
        message: `'${idle}' says how it has to be, and ${there}: false that it must not be there: one of the two`,
      })
  }

/** Refuses a range of versions that holds none. */
export const inOrder = (
  { from, before }: { readonly from?: string | undefined; readonly before?: string | undefined },
  context: z.RefinementCtx,
): void => {
  if (from !== undefined && before !== undefined && compareVersions(from, before) >= 0)
    context.addIssue({
      code: 'custom',
      path: ['before'],
      message: `no version is ${from} or newer and yet older than ${before}: 'from' has to be the older one`,
    })
}
