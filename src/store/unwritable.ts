import { SefleetError } from '../errors.ts'

/** Runs a piece of writing; what the operating system refuses becomes `store-unwritable`, a bug stays a bug. */
export const writing = async <Value>(path: string, write: () => Promise<Value>): Promise<Value> => {
  try {
    return await write()
  } catch (cause) {
    throw unwritable(path, cause)
  }
}

const unwritable = (path: string, cause: unknown): unknown => {
  if (!(cause instanceof Error) || !('syscall' in cause)) return cause
  return new SefleetError('store-unwritable', `can't write ${path}: ${cause.message}`, { cause })
}
