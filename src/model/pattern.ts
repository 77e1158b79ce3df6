import { RE2JS } from 're2js'

/** A compiled search pattern that runs in linear time whatever the text: both may come from outside. */
export interface Pattern {
  readonly test: (text: string) => boolean
  readonly source: string
}

/** Compiles RE2 syntax; throws an Error whose message says what is wrong with the pattern. */
export const compilePattern = (source: string): Pattern => {
  const compiled = RE2JS.compile(source)
  return { source, test: text => compiled.test(text) }
}

/** What is wrong with a pattern, or undefined. */
export const patternMistake = (source: string): string | undefined => {
  try {
    compilePattern(source)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
