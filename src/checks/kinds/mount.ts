import { z } from 'zod'
import type { Kind } from '../../model/check.ts'
import { isComplete } from '../../model/reading.ts'
import { fail, finding, notApplicable, passIfComplete, unknown, unknownBecause } from '../judgements.ts'
import { mountsAsk } from '../runtimes.ts'
import { notBoth, pathText } from '../schema-parts.ts'

export const mountSchema = z
  .strictObject({
    target: pathText.describe('Where it is mounted.'),
    type: z.string().optional().describe('The file system: `ext4`, `xfs`, `nfs4`, …'),
    options: z.array(z.string()).default([]).describe('Options it must have.'),
    without: z.array(z.string()).default([]).describe('Options it must not have.'),
    absent: z
      .enum(['fail', 'not-applicable'])
      .default('fail')
      .describe('What it comes to where nothing is mounted there.'),
  })
  .superRefine(notBoth('options', 'without'))
  .describe('A file system is mounted, with options and without others.')
type Params = z.infer<typeof mountSchema>

/** A file system is mounted, with options and without others. */
export const mount: Kind<Params> = {
  name: 'mount',
  schema: mountSchema,
  asks: (_params, knowledge) => [mountsAsk(knowledge)],
  judge: (params, read, knowledge) => {
    const reading = read(mountsAsk(knowledge))
    if (reading.state === 'unreadable') return unknownBecause('mounts', reading)
    // A later mount hides an earlier one on the same target.
    const found = reading.value.findLast(({ target }) => target === params.target)
    if (!found) {
      if (!isComplete(reading)) return unknown('the list of mounts is cut')
      return params.absent === 'fail'
        ? fail(finding('not mounted', `nothing is mounted on ${params.target}`))
        : notApplicable(`nothing is mounted on ${params.target}`)
    }
    const shown = `${found.source} ${found.target} ${found.type} ${found.options.join(',')}`
    const lacking = params.options.filter(option => !found.options.includes(option))
    const extra = params.without.filter(option => found.options.includes(option))
    const findings = [
      ...(params.type !== undefined && params.type !== found.type
        ? [finding('type', `${params.target} is ${found.type}, expected ${params.type}`, [shown])]
        : []),
      ...lacking.map(option =>
        finding(`lacks ${option}`, `${params.target} is mounted without ${option}`, [shown]),
      ),
      ...extra.map(option => finding(`has ${option}`, `${params.target} is mounted with ${option}`, [shown])),
    ]
    return findings.length > 0 ? fail(...findings) : passIfComplete(reading, shown)
  },
}
