import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { fail, finding, passIfComplete, unknown, unknownBecause } from '../judgements.ts'
import { onlyWhere, pathText } from '../schema-parts.ts'

export const fileSchema = z
  .strictObject({
    path: pathText.describe('An absolute path.'),
    exists: z.boolean().default(true).describe('`false`: it must not be there.'),
    mode: z
      .string()
      .regex(/^[0-7]{3,4}$/, { error: "octal digits in quotes are needed, e.g. '0644'" })
      .optional()
      .describe("Octal digits in quotes, e.g. `'0644'`."),
    owner: z.string().optional().describe('The name of its owner.'),
    group: z.string().optional().describe('The name of its group.'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, { error: '64 small hexadecimal digits are needed, as sha256sum prints them' })
      .optional()
      .describe('Of its content, as sha256sum prints it.'),
  })
  .superRefine(onlyWhere('exists', ['mode', 'owner', 'group', 'sha256']))
  .describe('A file is there, or not, with its mode, owner and digest. Its content is never copied.')
type Params = z.infer<typeof fileSchema>

const askOf = ({ path, sha256 }: Params) =>
  ({ probe: 'files', params: { paths: [path], digest: sha256 !== undefined } }) as const

/** A file is there, or not, with its mode, owner and digest. Its content is never copied. */
export const file: Kind<Params> = {
  name: 'file',
  schema: fileSchema,
  asks: params => [askOf(params)],
  judge: (params, read) => {
    const reading = read(askOf(params))
    if (reading.state === 'unreadable') return unknownBecause('files', reading)
    const fact = reading.value.find(({ path }) => path === params.path)
    if (!fact) return unknown(`no answer on ${params.path}`)
    if (fact.state === 'denied') return unknown(`${params.path} may not be looked at: root is needed`)
    if (fact.state === 'absent')
      return params.exists
        ? fail(finding('absent', `${params.path} is not there`))
        : passIfComplete(reading, `${params.path} is not there`)
    if (!params.exists)
      return fail(
        finding('present', `${params.path} is there`, [
          `${fact.mode} ${fact.owner} ${fact.group} ${fact.kind}`,
        ]),
      )
    if (params.sha256 !== undefined && fact.sha256 === undefined)
      return unknown(`${params.path} could not be read`)
    const wanted = {
      mode: params.mode?.padStart(4, '0'),
      owner: params.owner,
      group: params.group,
      sha256: params.sha256,
    }
    const wrong = (['mode', 'owner', 'group', 'sha256'] as const).filter(
      key => wanted[key] !== undefined && wanted[key] !== fact[key],
    )
    if (wrong.length > 0)
      return fail(
        ...wrong.map(key =>
          finding(key, `${params.path}: ${key} is ${fact[key] ?? 'unknown'}, expected ${wanted[key] ?? ''}`),
        ),
      )
    return passIfComplete(reading, `${fact.mode} ${fact.owner} ${fact.group} ${params.path}`)
  },
}
