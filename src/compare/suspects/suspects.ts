import type { PolicyAsk } from '../../model/ask.ts'
import type { CheckInfo, PolicyChange } from '../../model/audit.ts'
import type { Knowledge } from '../../model/check.ts'
import type { CauseEvidence, Onset, Unexplained } from '../../model/drift.ts'
import type { NodeChange } from '../facet-changes.ts'
import type { FactName } from '../../model/facet.ts'
import type { Pair } from '../pairs.ts'
import { candidatesIn, policyCandidate, restartsIn, type Candidate } from './candidates.ts'
import { bearingsOn, type Bearing } from './mechanism.ts'
import { changedItself } from './judged.ts'
import type { PolicyEffects } from './policy-effect.ts'
import { rankSuspects, type Ranked, type Subject, type Weighed } from './rank.ts'
import { firstSign } from './signs.ts'
import { joinTogether } from './together.ts'
import { unexplained } from './unexplained.ts'

export interface Evidence {
  readonly checks: readonly CheckInfo[]
  /** By check: what it asks of the policy. */
  readonly policyAsks: ReadonlyMap<string, readonly PolicyAsk[]>
  /** By check: the types that its requirement names. */
  readonly policyTypes: ReadonlyMap<string, ReadonlySet<string>>
  /** By check: the facts that it judges. */
  readonly judgedFacts: ReadonlyMap<string, readonly FactName[]>
  readonly policies: readonly PolicyChange[]
  readonly effects: PolicyEffects
  readonly knowledge: Knowledge
  /** When the earlier run began, epoch seconds. */
  readonly comparedSince: number
}

interface Found {
  readonly suspects: readonly Ranked[]
  readonly unexplained: readonly Unexplained[]
  readonly onsets: readonly Onset[]
}

/** What may be why checks fail that did not, the likeliest first; and when each failure first showed. */
export const findSuspects = async (pairs: readonly Pair[], evidence: Evidence): Promise<Found> => {
  const suspects: Ranked[] = []
  const onsets: Onset[] = []
  const open: Unexplained[] = []
  const changes = [
    ...candidatesIn(pairs, evidence.comparedSince, evidence.knowledge),
    policyCandidate(pairs, evidence.policies, evidence.comparedSince),
  ]
  const restarts = restartsIn(pairs)
  for (const [column, check] of evidence.checks.entries()) {
    const all = pairs.filter(pair => isNew(pair, check))
    const fresh = all.filter(pair => !pair.isReinstalled)
    const own = fresh.filter(pair => causeOf(pair, column) === undefined)
    const explained = new Set<string>()
    if (own.length > 0) {
      const subjects = subjectsOf(own, pairs, check, column, evidence)
      const weighed = await weigh(changes, own, column, check, evidence)
      const isItself = new Set(
        own.filter(pair => itselfOn(pair, column, evidence).length > 0).map(({ node }) => node),
      )
      const ranked = rankSuspects(check.id, subjects, joinTogether(weighed))
        // A guess says less than that nothing which is recorded explains what is seen to have changed.
        .filter(one => one.basis !== 'weak' || !one.nodes.every(node => isItself.has(node)))
        .slice(0, mostSuspects)
      suspects.push(...ranked)
      onsets.push(...onsetOf(check.id, subjects))
      for (const { leads, nodes } of ranked) if (leads) for (const node of nodes) explained.add(node)
    }
    const left = all.filter(pair => causeOf(pair, column) === undefined && !explained.has(pair.node))
    open.push(
      ...unexplained(check.id, left, pair => itselfOn(pair, column, evidence), evidence.comparedSince),
    )
    // What fails because of a check that failed before: damage that was latent, until something restarted.
    const awoken = fresh.filter(
      pair => isOld(pair, causeOf(pair, column)) && check.reads.includes('processes'),
    )
    if (awoken.length > 0)
      suspects.push(
        ...rankSuspects(
          check.id,
          subjectsOf(awoken, awoken, check, column, evidence),
          restarts.flatMap(candidate => awokenBy(candidate, awoken, column)),
        ).slice(0, mostSuspects),
      )
  }
  return { suspects, unexplained: open, onsets }
}

const mostSuspects = 12

const isNew = ({ outcomes }: Pair, { id }: CheckInfo): boolean =>
  outcomes.some(one => one.check === id && (one.change === 'regressed' || one.change === 'appeared'))

// What changed of the very facts that a check judges.
const itselfOn = (pair: Pair, column: number, { checks, judgedFacts }: Evidence): readonly NodeChange[] =>
  changedItself(
    pair.facts,
    judgedFacts.get(checks[column]?.id ?? '') ?? [],
    (pair.after.outcomes[column]?.findings ?? []).flatMap(({ key, message }) => [key, message]),
  )

const causeOf = ({ after }: Pair, column: number): string | undefined => after.outcomes[column]?.consequenceOf

const isOld = ({ outcomes }: Pair, cause: string | undefined): boolean =>
  cause !== undefined && !outcomes.some(one => one.check === cause && one.change !== 'changed')

// Only peers are compared: what other systems have in common with a failure is nothing.
const subjectsOf = (
  drifted: readonly Pair[],
  pairs: readonly Pair[],
  check: CheckInfo,
  column: number,
  { checks, comparedSince }: Evidence,
): readonly Subject[] => {
  const groups = new Set(drifted.map(({ after }) => after.peers))
  const fine = pairs.filter(
    ({ after }) => after.outcomes[column]?.status === 'pass' && groups.has(after.peers),
  )
  return [
    ...drifted.map((pair): Subject => {
      const sign = firstSign(check, checks, pair.after, comparedSince)
      return { ...subject(pair), drifted: true, ...(sign === undefined ? {} : { firstSign: sign }) }
    }),
    ...fine.map((pair): Subject => ({ ...subject(pair), drifted: false })),
  ]
}

const subject = ({ node, after: { peers } }: Pair): Pick<Subject, 'node' | 'peers'> => ({
  node,
  ...(peers === undefined ? {} : { peers }),
})

const onsetOf = (check: string, subjects: readonly Subject[]): readonly Onset[] => {
  const signs = subjects.flatMap(({ node, firstSign: at }) => (at === undefined ? [] : [{ node, at }]))
  const first = signs.toSorted((a, b) => a.at - b.at)[0]
  return first ? [{ check, ...first }] : []
}

const weigh = async (
  candidates: readonly Candidate[],
  drifted: readonly Pair[],
  column: number,
  check: CheckInfo,
  { policyAsks, policyTypes, judgedFacts, ...evidenceOf }: Evidence,
): Promise<readonly Weighed[]> => {
  const bearings = new Map<string, (candidate: Candidate) => Bearing>()
  const asks = policyAsks.get(check.id) ?? []
  const about = policyTypes.get(check.id) ?? new Set<string>()
  const judged = judgedFacts.get(check.id) ?? []
  for (const pair of drifted)
    bearings.set(pair.node, await bearingsOn(pair, column, { check, asks, about, judged, ...evidenceOf }))
  return candidates.map(candidate => {
    const reached = new Set<string>()
    const excluded = new Set<string>()
    const evidence = new Map<string, CauseEvidence>()
    let advised = false
    for (const [node, bearing] of bearings) {
      if (!candidate.nodes.has(node)) continue
      const one = bearing(candidate)
      if (one.on === 'cannot') excluded.add(node)
      if (one.on !== 'reaches') continue
      reached.add(node)
      for (const shown of one.evidence) evidence.set(JSON.stringify(shown), shown)
      advised ||= one.advised === true
    }
    return {
      ...candidate,
      nodes: loadTimes(candidate, reached, drifted, evidenceOf.comparedSince),
      reached,
      excluded,
      advised,
      evidence: [...evidence.values()].slice(0, mostEvidence),
    }
  })
}

const mostEvidence = 3

// A module has no time of its own: when the policy with it, or without it, was loaded is its time; of what a boot brings it is the boot’s.
const loadTimes = (
  { cause, nodes }: Candidate,
  reached: ReadonlySet<string>,
  drifted: readonly Pair[],
  comparedSince: number,
): Candidate['nodes'] => {
  const isOfBoot = cause.type === 'os' || cause.type === 'command-line'
  if (cause.type !== 'module' && !isOfBoot) return nodes
  const times = new Map(nodes)
  for (const { node, after, facts } of drifted) {
    const at = isOfBoot ? facts.find(({ type }) => type === 'boot')?.since : after.denialLog?.policyLoadedAt
    if (reached.has(node) && at !== undefined && at > comparedSince) times.set(node, at)
  }
  return times
}

// A restart of the very component that the finding names, or of everything.
const awokenBy = (candidate: Candidate, awoken: readonly Pair[], column: number): readonly Weighed[] => {
  const { type, name } = candidate.cause
  const named = (pair: Pair): boolean =>
    type === 'boot' ||
    (pair.after.outcomes[column]?.findings ?? []).some(({ key }) => key.startsWith(`${name} `))
  const reached = new Set(
    awoken.filter(pair => candidate.nodes.has(pair.node) && named(pair)).map(({ node }) => node),
  )
  return reached.size === 0
    ? []
    : [{ ...candidate, reached, excluded: new Set<string>(), advised: false, evidence: [] }]
}
