import { z } from 'zod'

// What stands in the shell of a question: plain words, and paths with the shell's star.
const program = z.string().regex(/^[a-z][a-z0-9-]*$/)
const place = z.string().regex(/^(?:\/[\w.-]+)+$/, { error: 'an absolute path of plain words is needed' })
const files = z.string().regex(/^(?:\/[\w.*-]+)+$/, { error: 'an absolute path is needed, a star at most' })

const binariesSchema = z.strictObject({
  names: z.array(program).min(1),
  folders: z.array(place).min(1),
  byRootOnly: z.array(program),
})
/** Where binaries are looked for, and which of them only root may ask. */
export type Binaries = z.infer<typeof binariesSchema>

const switchSchema = z.strictObject({
  file: files,
  key: z.string().regex(/^[a-z][a-z_-]*$/),
  form: z.enum(['toml', 'yaml', 'json']),
  imports: z.literal(true).optional(),
})
/** A key in files that a runtime reads. */
export type Switch = z.infer<typeof switchSchema>

const labellingSchema = z.strictObject({
  programs: z.array(program).min(1),
  files: z.string(),
  rendered: z.string().optional(),
  byDefault: z.literal('off').optional(),
})
/** Whose word on labelling counts, and in which files it stands. */
export type Labelling = z.infer<typeof labellingSchema>

/** What is known of container runtimes; data in `profiles/runtimes.yaml`. */
export const runtimesSchema = z.strictObject({
  binaries: binariesSchema,
  products: z.record(program, z.string()),
  packages: z.array(z.string()).min(1),
  configuration: z.array(z.string()).min(1),
  switches: z.array(switchSchema).min(1),
  switchedBy: z.array(program).min(1),
  labelling: z.array(labellingSchema).min(1),
  ownMounts: z.array(z.string()),
})
export type Runtimes = z.infer<typeof runtimesSchema>
