import type { Cause, Suspect } from '../../model/drift.ts'
import { chanceOf } from './exact-test.ts'

/** A node as far as one failing check is concerned. */
export interface Subject {
  readonly node: string
  readonly drifted: boolean
  /** When the failure first showed, epoch seconds, where that is known. */
  readonly firstSign?: number
}

/** A cause with the nodes it came to; with the moment it came, where that is known. */
export interface Candidate {
  readonly cause: Cause
  /** Whether it changes what the check reads. */
  readonly isMechanism: boolean
  readonly nodes: ReadonlyMap<string, number | undefined>
  readonly evidence: readonly string[]
}

/** A suspect without the advice that only the fleet can give. */
export type Ranked = Omit<Suspect, 'rollBack'>

/** Seconds that a sign may seem to come before its cause: transactions take minutes, and stamps are of their end. */
const slack = 15 * 60

/**
 * Ranks what may be why nodes drifted: what changes what the check reads before what merely coincides, then by the exact test,
 * then by fewer nodes that have it and are fine. A cause that came after the first sign on a node is none there. What
 * evidence cannot tell apart is tied.
 */
export const rankSuspects = (
  check: string,
  subjects: readonly Subject[],
  candidates: readonly Candidate[],
): readonly Ranked[] => {
  const drifted = subjects.filter(one => one.drifted)
  const fine = subjects.filter(one => !one.drifted)
  const scored = candidates.flatMap(candidate => {
    const struck = drifted.filter(one => couldBe(candidate, one))
    if (struck.length === 0) return []
    const changedFine = fine.filter(({ node }) => candidate.nodes.has(node)).length
    const table = {
      changedDrifted: struck.length,
      changedFine,
      unchangedDrifted: drifted.length - struck.length,
      unchangedFine: fine.length - changedFine,
    }
    const chance = chanceOf(table)
    const basis: Suspect['basis'] = candidate.isMechanism ? 'mechanism' : chance < 0.05 ? 'counts' : 'weak'
    return [{ candidate, table, chance, basis, nodes: struck.map(({ node }) => node) }]
  })
  const ranked = scored.toSorted(
    (a, b) =>
      bases.indexOf(a.basis) - bases.indexOf(b.basis) ||
      a.table.unchangedDrifted - b.table.unchangedDrifted ||
      a.chance - b.chance ||
      a.table.changedFine - b.table.changedFine ||
      (textOf(a.candidate.cause) < textOf(b.candidate.cause) ? -1 : 1),
  )
  return ranked.map(({ candidate, table, chance, basis, nodes }) => {
    const times = nodes.flatMap(node => candidate.nodes.get(node) ?? [])
    return {
      cause: candidate.cause,
      check,
      nodes,
      basis,
      table,
      chance,
      evidence: candidate.evidence,
      tied: ranked
        .filter(
          other =>
            other.candidate !== candidate &&
            other.basis === basis &&
            JSON.stringify(other.table) === JSON.stringify(table),
        )
        .map(other => other.candidate.cause),
      ...(times.length > 0 ? { since: { earliest: Math.min(...times), latest: Math.max(...times) } } : {}),
    }
  })
}

const bases: readonly Suspect['basis'][] = ['mechanism', 'counts', 'weak']

const couldBe = ({ nodes }: Candidate, { node, firstSign }: Subject): boolean => {
  if (!nodes.has(node)) return false
  const came = nodes.get(node)
  return came === undefined || firstSign === undefined || came <= firstSign + slack
}

const textOf = ({ type, name, from, to }: Cause): string => [type, name, from, to].join('\n')
