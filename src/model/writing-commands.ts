import { z } from 'zod'
import { regexMistake } from './regex.ts'

const pattern = z.string().refine(text => regexMistake(text) === undefined, { error: 'not an RE2 pattern' })

/** Programs that change a machine; `if` and `unless` are about the words behind them. */
export const writingCommandsSchema = z.strictObject({
  writing: z.array(
    z.strictObject({
      programs: z.array(z.string()).min(1),
      if: pattern.optional(),
      unless: pattern.optional(),
    }),
  ),
})
export type WritingCommand = z.infer<typeof writingCommandsSchema>['writing'][number]
