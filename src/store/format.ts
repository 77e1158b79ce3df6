import { z } from 'zod'
import { SefleetError } from '../errors.ts'

/** Reads stored JSON by its schema; throws `run-invalid` with a sentence that begins with `what`. */
export const parseStored = <Schema extends z.ZodType>(
  schema: Schema,
  format: number,
  text: string,
  what: string,
): z.infer<Schema> => {
  const value = parseJson(text, what)
  const found = z.object({ format: z.number() }).safeParse(value)
  if (found.success && found.data.format > format) {
    throw new SefleetError(
      'run-invalid',
      `${what} was written by a newer version of sefleet (format ${found.data.format}; this one reads ${format})`,
    )
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : ''
  throw new SefleetError('run-invalid', `${what} is not as it should be${place}: ${issue?.message}`)
}

const parseJson = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SefleetError('run-invalid', `${what} is not JSON`, { cause })
  }
}
