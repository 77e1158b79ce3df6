import type { Cause, CauseTable, Suspect } from '../../model/drift.ts'
import type { Candidate } from './candidates.ts'
import { chanceOf } from './exact-test.ts'

/** A node as far as one failing check is concerned. */
export interface Subject {
  readonly node: string
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
  readonly evidence: readonly string[]
}

/** A suspect without the advice that only the fleet can give. */
export type Ranked = Omit<Suspect, 'rollBack'>

/** Seconds that a sign may seem to come before its cause: transactions take minutes, and stamps are of their end. */
const slack = 15 * 60

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
  for (let open = subjects; open.some(({ drifted }) => drifted);) {
    const [top, ...rest] = rankOnce(check, open, candidates)
    if (!top) break
    found.push({ ...top, leads: true })
    others.push(...rest)
    if (top.basis === 'weak') break
    const explained = new Set(top.nodes)
    open = open.filter(({ node }) => !explained.has(node))
  }
  const told = new Set(found.map(({ cause }) => textOf(cause)))
  return [
    ...found,
    ...others.filter(({ cause }) => {
      const isNew = !told.has(textOf(cause))
      told.add(textOf(cause))
      return isNew
    }),
  ]
}

interface Scored {
  readonly candidate: Weighed
  readonly nodes: readonly string[]
  readonly table: CauseTable
  readonly chance: number
  readonly basis: Suspect['basis']
  /** Seconds from the cause to the first sign, the least of its nodes. */
  readonly lag?: number
}

const rankOnce = (
  check: string,
  subjects: readonly Subject[],
  candidates: readonly Weighed[],
): readonly Ranked[] => {
  const drifted = subjects.filter(one => one.drifted)
  const fine = subjects.filter(one => !one.drifted)
  const scored = candidates.flatMap((candidate): Scored[] => {
    const isMechanism = drifted.some(one => couldBe(candidate, one) && candidate.reached.has(one.node))
    const struck = drifted.filter(
      one => couldBe(candidate, one) && (!isMechanism || candidate.reached.has(one.node)),
    )
    if (struck.length === 0) return []
    const changedFine = fine.filter(({ node }) => candidate.nodes.has(node)).length
    const table = {
      changedDrifted: struck.length,
      changedFine,
      unchangedDrifted: drifted.length - struck.length,
      unchangedFine: fine.length - changedFine,
    }
    const chance = chanceOf(table)
    const isCounted = table.unchangedDrifted === 0 && chance * candidates.length < significance
    const lags = struck.flatMap(({ node, firstSign }) => {
      const came = candidate.nodes.get(node)
      return came === undefined || firstSign === undefined ? [] : [firstSign - came]
    })
    return [
      {
        candidate,
        nodes: struck.map(({ node }) => node),
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
      a.table.unchangedDrifted - b.table.unchangedDrifted ||
      a.chance - b.chance ||
      a.table.changedFine - b.table.changedFine ||
      Number(b.candidate.advised) - Number(a.candidate.advised) ||
      // Time alone decides nothing: it only says which of those tied is named first.
      (a.lag ?? Infinity) - (b.lag ?? Infinity) ||
      (textOf(a.candidate.cause) < textOf(b.candidate.cause) ? -1 : 1),
  )
  return ranked.map(one =>
    toRanked(
      check,
      one,
      ranked.filter(other => isTied(one, other)),
    ),
  )
}

const bases: readonly Suspect['basis'][] = ['mechanism', 'counts', 'weak']

const couldBe = ({ nodes, excluded }: Weighed, { node, firstSign }: Subject): boolean => {
  if (!nodes.has(node) || excluded.has(node)) return false
  const came = nodes.get(node)
  return came === undefined || firstSign === undefined || came <= firstSign + slack
}

const isTied = (one: Scored, other: Scored): boolean =>
  one !== other &&
  one.basis === other.basis &&
  one.candidate.advised === other.candidate.advised &&
  JSON.stringify([one.table, one.nodes]) === JSON.stringify([other.table, other.nodes])

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

const textOf = ({ type, name, from, to }: Cause): string => JSON.stringify([type, name, from, to])
