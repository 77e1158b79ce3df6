import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type ErrorCode, hints } from '../../../src/errors.ts'
import { parseYaml } from '../../../src/model/yaml.ts'

/** How a connection ends; `waits`: not at all. */
const linkEnds = ['closes', 'resets', 'waits'] as const
export type LinkEnd = (typeof linkEnds)[number]

const doesSchema = z.union([
  /** It is looked for at another address. */
  z.strictObject({ host: z.string() }),
  z.strictObject({ listens: z.enum(['nowhere', 'full']) }),
  /** It speaks no SSH, or only its first words. */
  z.strictObject({
    says: z.string().optional(),
    times: z.number().optional(),
    noise: z.number().optional(),
    after: z.literal('their-word').optional(),
    last: z.enum(linkEnds),
  }),
  z.strictObject({ trickles: z.string() }),
  /** Its first connection only; the next is a good node's. */
  z.strictObject({ first: z.literal('resets') }),
  z.strictObject({
    offers: z.strictObject({ kex: z.array(z.string()).optional(), cipher: z.array(z.string()).optional() }),
  }),
  z.strictObject({
    shows: z.enum(['other', 'unknown', 'revoked', 'unproved']),
    words: z.array(z.string()).optional(),
  }),
  z.strictObject({
    login: z.enum([...linkEnds, 'refuses', 'wants-password', 'asks', 'wants-more', 'asks-nothing']),
  }),
  z.strictObject({ banner: z.number() }),
  /** Words for ssh that the inventory has for it. */
  z.strictObject({ words: z.array(z.string()) }),
  z.strictObject({ key: z.enum(['not-there', 'broken', 'locked']) }),
  z.strictObject({ channel: z.enum([...linkEnds, 'refuses']) }),
  z.strictObject({ command: z.literal('refuses') }),
  /** Words of `answers.ts`, or text. */
  z.strictObject({ answer: z.array(z.string()), last: z.string() }),
  z.strictObject({ policy: z.string() }),
  z.strictObject({ jump: z.string() }),
  /** What sudo says there. */
  z.strictObject({ refused: z.string() }),
  z.strictObject({ password: z.literal('wrong') }),
  /** The OpenSSH client that is to reach it. */
  z.strictObject({ program: z.string() }),
  z.strictObject({ ours: z.literal('throws') }),
])
export type Does = z.infer<typeof doesSchema>

const becomesSchema = z
  .string()
  .regex(/^(?:answered(?: become-[a-z]+)?|(?:partial|missing) [a-z-]+)$/)
  .transform(text => {
    const [status = '', code] = text.split(' ')
    return { status, ...(code === undefined ? {} : { code: code as ErrorCode }) } // a test holds that it is one
  })
export type Becomes = z.infer<typeof becomesSchema>

const faultSchema = z.strictObject({
  stage: z.string(),
  name: z.string(),
  does: doesSchema,
  becomes: becomesSchema,
  what: z.string(),
  waits: z.literal(true).optional(),
  atMost: z.number().optional(),
  client: z.enum(['builtin', 'openssh']).optional(),
  openssh: becomesSchema.optional(),
  /** Brought about over this client alone: the server of the tests does to the other what no node does. */
  tested: z.literal('builtin').optional(),
})
export type Fault = z.infer<typeof faultSchema>

export const loadFaults = (): readonly Fault[] =>
  z.array(faultSchema).parse(parseYaml(readFileSync('test/integration/faults.yaml', 'utf8')).value)

export const titleOf = ({ stage, name }: Fault): string => `${stage}: ${name}`

/** What the codes are whose next step begins so far up in the table of errors: those of single nodes. */
export const nodeCodes = (): readonly ErrorCode[] => {
  const all = Object.keys(hints) as ErrorCode[] // its own keys
  return all.slice(0, all.indexOf('usage'))
}
