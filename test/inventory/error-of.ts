import { SefleetError } from '../../src/errors.ts'

/** `CODE SENTENCE` of what is thrown, or `no error`. */
export const errorOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof SefleetError) return `${error.code} ${error.message}`
    throw error
  }
  return 'no error'
}
