import { SefleetError } from '../errors.ts'
import { forTerminal } from '../model/printable.ts'
import type { Output } from './world.ts'

/** Shows an error the user can act on: what, and the next step. Anything else is a bug and keeps its stack. */
export const printError = (output: Output, error: unknown): 2 | 70 => {
  if (error instanceof SefleetError) {
    output.write(`sefleet: ${forTerminal(error.message)}\n  next: ${error.hint}\n  code: ${error.code}\n`)
    return 2
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  output.write(`sefleet: this is a bug; please report it with these lines\n${forTerminal(stack)}\n`)
  return 70
}
