import { z } from 'zod'
import { regexMistake } from '../model/regex.ts'

/** A name of the policy: type, attribute, class or permission. Never a word a shell or sesearch could take as more. */
export const typeName = z
  .string()
  .regex(/^[A-Za-z_][\w.-]*$/, { error: 'a name of the policy is needed: letters, digits, _ . and -' })

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

/** An absolute path without control characters. */
export const pathText = z.string().regex(/^\/[^\p{Cc}]*$/u, { error: 'an absolute path is needed' })

/**
 * A path, one below a root (`{kubelet}/plugins`), or the newest entries of folders (`/var/lib/x/*`, `/var/lib/x/word*`): two stars at
 * most, each at the end of a name.
 */
export const pathOrPattern = z
  .string()
  .regex(/^(?:\{[a-z]+\}|(?:\{[a-z]+\})?\/[^\p{Cc}*]*(?:\*(?:\/[^\p{Cc}*]*(?:\*(?:\/[^\p{Cc}*]*)?)?)?)?)$/u, {
    error: 'an absolute path is needed, or {kubelet}/…, or a folder’s entries as /folder/*',
  })

/** What a profile says that containers run as where the policy does not know spc_t and container_t. */
export const componentTypesSchema = z.strictObject({
  privileged: oneOrMore(typeName).describe('Types of privileged containers.'),
  confined: oneOrMore(typeName).describe('Types of all others.'),
})

/** A version as a person compares it: `2.222.0`. With an epoch or a release it would be compared as something else. */
export const plainVersion = z.string().regex(/^\d[\w.+~^]*$/, {
  error: "a version is needed that begins with a digit, without epoch and release, as '2.222.0'",
})
