import { RE2JS } from 're2js'

/** A pattern of a user's, matched in time linear in the text (RE2: no look-around, no back-references). */
export interface Regex {
  /** Whether it matches anywhere in the text. */
  readonly isIn: (text: string) => boolean
  /** Whether it matches from the first character on, as Python's `re.match`. */
  readonly startsWith: (text: string) => boolean
  /** The groups of each match, an empty text where one took no part. */
  readonly groupsIn: (text: string) => readonly (readonly string[])[]
}

/** Compiles a pattern; a bad one throws RegexError with RE2’s own words. */
export const compileRegex = (pattern: string): Regex => regexOf(compile(pattern))

/**
 * Compiles a pattern of a profile, on what a node said: `^` and `$` are the ends of a line, and the text is seen as `linesIn`
 * has it.
 */
export const compileLines = (pattern: string): Pick<Regex, 'isIn'> => {
  const { isIn } = regexOf(compile(pattern, RE2JS.MULTILINE))
  return { isIn: text => isIn(linesIn(text)) }
}

/** A text as its lines: no carriage returns at their ends, and nothing after the last one, as in a shell's `$(…)`. */
export const linesIn = (text: string): string => text.replace(/\r+(?=\n|$)/g, '').replace(/\n+$/, '')

const regexOf = (compiled: RE2JS): Regex => {
  return {
    // test() is the DFA, several times faster than find()
    isIn: text => compiled.test(text),
    startsWith: text => compiled.matcher(text).lookingAt(),
    groupsIn: text => (compiled.test(text) ? groupsOf(compiled, text) : []),
  }
}

const groupsOf = (compiled: RE2JS, text: string): readonly (readonly string[])[] => {
  const matcher = compiled.matcher(text)
  const found: string[][] = []
  while (matcher.find())
    found.push(Array.from({ length: matcher.groupCount() }, (_, index) => matcher.group(index + 1) ?? ''))
  return found
}

/** A pattern that RE2 does not accept. */
export class RegexError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RegexError'
  }
}

const compile = (pattern: string, flags = 0): RE2JS => {
  try {
    return RE2JS.compile(pattern, flags)
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
