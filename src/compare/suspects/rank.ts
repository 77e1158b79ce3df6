import { causeKey, type CauseEvidence, type CauseTable, type Suspect } from '../../model/drift.ts'
import type { Candidate } from './candidates.ts'
import { chanceOf } from './exact-test.ts'

/** A node as far as one failing check is concerned. */
export interface Subject {
  readonly node: string
  /** Its peer group: a cause is counted among the peers of those that it came to. */
  readonly peers?: string
  readonly drifted: boolean
  /** When the failure first showed, epoch seconds, where that is known. */
  readonly firstSign?: number
}

/** A candidate, and how it bears on the drifted nodes that it came to. */
export interface Weighed extends Candidate {
  /** Where it is shown to change what the check reads. */
  readonly reached: ReadonlySet<string>
  /** Where it is shown not to. */
  readonly excluded: ReadonlySet<string>
  /** An advisory says of this very version that the check fails because of it. */
  readonly advised: boolean
  readonly evidence: readonly CauseEvidence[]
}

/** A suspect without the advice that only the fleet can give. */
export type Ranked = Omit<Suspect, 'rollBack'>

/** Seconds that a sign may seem to come before its cause: transactions take minutes, and stamps are of their end. */
const slack = 15 * 60

/** Causes that explain nodes of their own; a fleet with more is in turmoil. */
const mostLeads = 12

/** A result that chance alone gives less often than this, all candidates together, is one. */
const significance = 0.05

/**
 * Ranks what may be why nodes drifted: first what is shown to change what the check reads, then what the numbers speak for (all
 * the drifted nodes and, by an exact test, not by chance), then by time. A cause that came after the first sign on a node is
 * none there. Nodes that the first cause leaves unexplained are asked after again. What evidence cannot tell apart is tied.
 */
export const rankSuspects = (
  check: string,
  subjects: readonly Subject[],
  candidates: readonly Weighed[],
): readonly Ranked[] => {
  const found: Ranked[] = []
  const others: Ranked[] = []
  for (let open = subjects; found.length < mostLeads && open.some(({ drifted }) => drifted);) {
    const [top, ...rest] = rankOnce(check, open, subjects, candidates)
    if (!top) break
    found.push({ ...top, leads: true })
    others.push(...rest)
    if (top.basis === 'weak') break
    const explained = new Set(top.nodes)
    open = open.filter(({ node }) => !explained.has(node))
  }
  const told = new Set(found.map(({ cause }) => causeKey(cause)))
  return [
    ...found,
    ...others.filter(({ cause }) => {
      const isNew = !told.has(causeKey(cause))
      told.add(causeKey(cause))
      return isNew
    }),
  ]
}

interface Scored {
  readonly candidate: Weighed
  readonly nodes: readonly string[]
  /** Drifted nodes that it leaves unexplained. */
  readonly left: number
  readonly table: CauseTable
  readonly chance: number
  readonly basis: Suspect['basis']
  /** Seconds from the cause to the first sign, the least of its nodes. */
  readonly lag?: number
}

const rankOnce = (
  check: string,
  open: readonly Subject[],
  subjects: readonly Subject[],
  candidates: readonly Weighed[],
): readonly Ranked[] => {
  const drifted = open.filter(one => one.drifted)
  // What one transaction, snapshot or deployment brought is one chance of being wrong, however many parts of it are weighed.
  const trials = new Set(candidates.map(({ origin }, index) => origin?.key ?? index)).size
  const scored = candidates.flatMap((candidate): Scored[] => {
    const isMechanism = drifted.some(one => couldBe(candidate, one) && candidate.reached.has(one.node))
    const struck = drifted.filter(
      one => couldBe(candidate, one) && (!isMechanism || candidate.reached.has(one.node)),
    )
    if (struck.length === 0) return []
    const groups = new Set(subjects.filter(({ node }) => candidate.nodes.has(node)).map(({ peers }) => peers))
    const kin = subjects.filter(({ peers }) => groups.has(peers))
    const [all, fine] = [kin.filter(one => one.drifted), kin.filter(one => !one.drifted)]
    // Whoever took it is counted as such, whatever else struck it.
    const changedFine = fine.filter(({ node }) => candidate.nodes.has(node)).length
    const changedDrifted = all.filter(({ node }) => candidate.nodes.has(node)).length
    const left = drifted.length - struck.length
    const table = {
      changedDrifted,
      changedFine,
      unchangedDrifted: all.length - changedDrifted,
      unchangedFine: fine.length - changedFine,
    }
    const chance = chanceOf(table)
    const leftOfKin = drifted.filter(({ peers }) => groups.has(peers)).length - struck.length
    const isCounted = leftOfKin === 0 && table.unchangedDrifted === 0 && chance * trials < significance
    const lags = struck.flatMap(({ node, firstSign }) => {
      const came = candidate.nodes.get(node)
      return came === undefined || firstSign === undefined ? [] : [firstSign - came]
    })
    return [
      {
        candidate,
        nodes: struck.map(({ node }) => node),
        left,
        table,
        chance,
        basis: isMechanism ? 'mechanism' : isCounted ? 'counts' : 'weak',
        ...(lags.length > 0 ? { lag: Math.min(...lags.map(Math.abs)) } : {}),
      },
    ]
  })
  const ranked = scored.toSorted(
    (a, b) =>
      bases.indexOf(a.basis) - bases.indexOf(b.basis) ||
      a.left - b.left ||
      a.chance - b.chance ||
      a.table.changedFine - b.table.changedFine ||
      Number(b.candidate.advised) - Number(a.candidate.advised) ||
      // Time alone decides nothing: it only says which of those tied is named first.
      (a.lag ?? Infinity) - (b.lag ?? Infinity) ||
      (causeKey(a.candidate.cause) < causeKey(b.candidate.cause) ? -1 : 1),
  )
  const keyed = ranked.map(one => [alikeKey(one), one] as const)
  const alike = new Map<string, Scored[]>(keyed.map(([key]) => [key, []]))
  for (const [key, one] of keyed) alike.get(key)?.push(one)
  // What is tied with the first is told; of the others a few are enough.
  return keyed.slice(0, mostRanked).map(([key, one]) =>
    toRanked(
      check,
      one,
      (alike.get(key) ?? []).filter(other => other !== one),
    ),
  )
}

const bases: readonly Suspect['basis'][] = ['mechanism', 'counts', 'weak']

const couldBe = ({ nodes, excluded }: Weighed, { node, firstSign }: Subject): boolean => {
  if (!nodes.has(node) || excluded.has(node)) return false
  const came = nodes.get(node)
  return came === undefined || firstSign === undefined || came <= firstSign + slack
}

// What evidence cannot tell apart has the same key.
const alikeKey = ({ basis, candidate, table, nodes }: Scored): string =>
  JSON.stringify([basis, candidate.advised, table, nodes])

const mostRanked = 40

const toRanked = (
  check: string,
  { candidate, nodes, basis, table, chance }: Scored,
  tied: readonly Scored[],
): Ranked => {
  const times = nodes.flatMap(node => candidate.nodes.get(node) ?? [])
  return {
    cause: candidate.cause,
    check,
    nodes,
    leads: false,
    basis,
    table,
    chance,
    evidence: candidate.evidence,
    tied: tied.map(other => other.candidate.cause),
    ...(times.length > 0 ? { since: { earliest: Math.min(...times), latest: Math.max(...times) } } : {}),
  }
}
