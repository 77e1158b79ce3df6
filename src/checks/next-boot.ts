import type { Ask, ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { NextBoot } from '../model/facts.ts'
import type { Finding, Judgement } from '../model/outcome.ts'
import { wholeVersion } from '../model/package-version.ts'
import { isComplete, type Reading } from '../model/reading.ts'
import { advisoryHits, type AdvisoryHit } from './advisory-hits.ts'
import { fail, finding, notApplicableIfComplete, passIfComplete, unknownBecause } from './judgements.ts'
import { pendingDifferences, type PendingDifference } from './pending-differences.ts'
import { policyPackagesAsk } from './policy-packages.ts'

/** What the next boot brings, with the same packages as are listed of the running system. */
export const nextBootAsk = ({ packages }: Pick<Knowledge, 'packages'>) =>
  ({ probe: 'next-boot', params: { names: packages } }) as const
const osAsk = { probe: 'os', params: {} } as const

/** What judging the next boot asks. */
export const nextBootAsks = (knowledge: Pick<Knowledge, 'packages'>): readonly Ask[] => [
  nextBootAsk(knowledge),
  policyPackagesAsk(knowledge),
  osAsk,
]

type Pending = Extract<NextBoot, { readonly state: 'pending' }>

/** What is pending; or the judgement where nothing is, or where that cannot be told. */
export const pendingOr = (next: Reading<NextBoot>): Pending | Judgement => {
  if (next.state === 'unreadable') return unknownBecause('next boot', next)
  switch (next.value.state) {
    case 'in-place':
      return notApplicableIfComplete(
        next,
        'updates are installed in place, not into a snapshot or deployment that waits for a boot',
      )
    case 'as-running':
      return passIfComplete(
        next,
        `nothing is pending: the next boot brings the running ${next.value.system === 'ostree' ? 'deployment' : 'snapshot'} again`,
      )
    case 'pending':
      return next.value
  }
  return next.value satisfies never
}

/** The next boot brings the policy packages that are installed now. */
export const judgeNextBoot = (read: ReadAsk, knowledge: Knowledge): Judgement => {
  const next = read(nextBootAsk(knowledge))
  const pending = pendingOr(next)
  if ('status' in pending) return pending
  const running = read(policyPackagesAsk(knowledge))
  if (running.state === 'unreadable') return unknownBecause('packages', running)
  const differences = pendingDifferences(
    { packages: running.value.packages, isComplete: isComplete(running) },
    { packages: pending.packages, isComplete: isComplete(next) },
  )
  if (differences.length === 0)
    return passIfComplete(
      isComplete(running) ? next : running,
      `${pending.where} comes with the next boot, with the same policy packages`,
    )
  const hits = broughtHits(read, knowledge)
  return fail(...differences.map(one => toFinding(one, pending, hits)))
}

/** Versions known to be bad that the next boot brings and the running system has not. */
export const broughtHits = (
  read: ReadAsk,
  knowledge: Pick<Knowledge, 'packages' | 'advisories'>,
): readonly AdvisoryHit[] => {
  const [next, running, os] = [read(nextBootAsk(knowledge)), read(policyPackagesAsk(knowledge)), read(osAsk)]
  const { advisories } = knowledge
  if (next.state !== 'read' || next.value.state !== 'pending' || os.state !== 'read') return []
  const hitsOf = (reading: Reading<unknown>, { packages }: Pick<Pending, 'packages'>) =>
    advisoryHits(advisories, { os: os.value.id, packages, isComplete: isComplete(reading) })
  const had = running.state === 'read' ? hitsOf(running, running.value) : []
  return hitsOf(next, next.value).filter(({ advisory }) => !had.some(one => one.advisory.id === advisory.id))
}

const toFinding = (
  { name, from, to }: PendingDifference,
  { where }: Pending,
  hits: readonly AdvisoryHit[],
): Finding => {
  const own = hits.filter(({ found }) => found.name === name)
  // Another package, itself unchanged, may go wrong beside this one.
  const beside = hits.filter(({ found, advisory }) => found.name !== name && advisory.with?.package === name)
  const what =
    to === undefined
      ? `the next boot takes ${name} away (now ${from}): it is not in ${where}`
      : `the next boot brings ${name} ${to} (${from === undefined ? 'not installed now' : `now ${from}`}), from ${where}`
  const known = [
    ...own.map(({ advisory }) => `, which is known to be bad: ${advisory.title}`),
    ...beside.map(
      ({ advisory, found }) =>
        `; beside it ${found.name} ${wholeVersion(found)} is known to be bad: ${advisory.title}`,
    ),
  ]
  return finding(
    `pending ${name} ${to ?? 'gone'}`,
    `${what}${known.join('')}`,
    [...own, ...beside].flatMap(({ advisory }) => [advisory.detail, ...advisory.references]),
  )
}
