import { RE2JS } from 're2js'

/** A pattern of a user's, matched in time linear in the text (RE2: no look-around, no back-references). */
export interface Regex {
  /** Whether it matches anywhere in the text. */
  readonly isIn: (text: string) => boolean
  /** Whether it matches from the first character on, as Python's `re.match`. */
  readonly startsWith: (text: string) => boolean
}

/** Compiles a pattern; a bad one throws RegexError with RE2’s own words. */
export const compileRegex = (pattern: string): Regex => {
  const compiled = compile(pattern)
  return {
    // test() is the DFA, several times faster than find()
    isIn: text => compiled.test(text),
    startsWith: text => compiled.matcher(text).lookingAt(),
  }
}

/** A pattern that RE2 does not accept. */
export class RegexError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RegexError'
  }
}

const compile = (pattern: string): RE2JS => {
  try {
    return RE2JS.compile(pattern)
  } catch (cause) {
    throw new RegexError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** What is wrong with a pattern, or undefined. */
export const regexMistake = (pattern: string): string | undefined => {
  try {
    compile(pattern)
    return undefined
  } catch (error) {
    return error instanceof RegexError ? error.message : String(error)
  }
}
