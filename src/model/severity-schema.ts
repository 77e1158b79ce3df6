import { z } from 'zod'
import { severities } from './severity.ts'

/** A severity in a file; apart from the words, since commands start faster without zod. */
export const severitySchema = z.enum(severities)
