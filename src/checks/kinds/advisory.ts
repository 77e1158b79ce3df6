import { z } from 'zod'
import type { ReadAsk } from '../../model/ask.ts'
import type { Kind, Knowledge } from '../../model/check.ts'
import type { Judgement } from '../../model/outcome.ts'
import { isComplete } from '../../model/reading.ts'
import { advisoryHits, type AdvisoryHit } from '../advisory-hits.ts'
import { fail, finding, passIfComplete, unknownBecause } from '../judgements.ts'
import { broughtHits, nextBootAsk, nextBootAsks, pendingOr } from '../next-boot.ts'
import { policyPackagesAsk } from '../policy-packages.ts'

export const advisorySchema = z
  .strictObject({
    advisories: z
      .union([z.literal('all'), z.array(z.string()).min(1)])
      .describe('`all`, or the ids of advisories.'),
    in: z
      .literal('next-boot')
      .optional()
      .describe('What the next boot brings and the running system has not; without it: what is installed.'),
    mended: z
      .literal('left-out')
      .optional()
      .describe(
        'Leaves out what does no harm on this node, as the check of what it breaks passes; in a condition of `lowered` only.',
      ),
  })
  .describe('No package is one of the versions known to be bad.')
/** What is asked for, and the checks that certainly pass on this node, where that matters. */
export interface AdvisoryParams extends z.infer<typeof advisorySchema> {
  readonly passing?: readonly string[]
}

const osAsk = { probe: 'os', params: {} } as const

/** No package is one of the versions known to be bad. */
export const advisory: Kind<AdvisoryParams> = {
  name: 'advisory',
  schema: advisorySchema,
  refersTo: ({ advisories }) =>
    advisories === 'all' ? [] : advisories.map(name => ({ to: 'advisory', name, key: 'advisories' })),
  asks: (params, knowledge) =>
    params.in === 'next-boot' ? nextBootAsks(knowledge) : [policyPackagesAsk(knowledge), osAsk],
  judge: (params, read, knowledge) => {
    const advisories = knowledge.advisories.filter(
      ({ id, shownBy }) =>
        (params.advisories === 'all' || params.advisories.includes(id)) &&
        !(shownBy !== undefined && params.passing?.includes(shownBy)),
    )
    const chosen = { ...knowledge, advisories }
    return params.in === 'next-boot' ? judgeNext(chosen, read) : judgeInstalled(chosen, read)
  },
}

const judgeInstalled = (chosen: Knowledge, read: ReadAsk): Judgement => {
  const reading = read(policyPackagesAsk(chosen))
  if (reading.state === 'unreadable') return unknownBecause('packages', reading)
  const os = read(osAsk)
  if (os.state === 'unreadable') return unknownBecause('operating system', os)
  const { packages } = reading.value
  const hits = advisoryHits(chosen.advisories, { os: os.value.id, packages, isComplete: isComplete(reading) })
  if (hits.length > 0) return fail(...hits.map(toFinding))
  return passIfComplete(reading, `none of ${chosen.advisories.length} known bad versions`)
}

const judgeNext = (chosen: Knowledge, read: ReadAsk): Judgement => {
  const next = read(nextBootAsk(chosen))
  const pending = pendingOr(next)
  if ('status' in pending) return pending
  const running = read(policyPackagesAsk(chosen))
  if (running.state === 'unreadable') return unknownBecause('packages', running)
  const os = read(osAsk)
  if (os.state === 'unreadable') return unknownBecause('operating system', os)
  const hits = broughtHits(read, chosen)
  if (hits.length > 0) return fail(...hits.map(toFinding))
  return passIfComplete(
    next,
    `${pending.where} brings none of ${chosen.advisories.length} known bad versions`,
  )
}

const toFinding = ({ advisory: one, found }: AdvisoryHit) => ({
  ...finding(one.id, `${found.name} ${found.version}-${found.release}: ${one.title}`, [
    one.detail,
    ...one.references,
  ]),
  remedy: one.remedy,
})
