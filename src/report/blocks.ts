import type { Audit } from '../model/audit.ts'
import { causeKey } from '../model/drift.ts'
import { suspectedOf } from './because.ts'
import { problemsOf, type Problem } from './problems.ts'

/** One independent thing that is wrong, and what else fails there because of the very same change. */
export interface Block {
  readonly problem: Problem
  readonly along: readonly Problem[]
}

/** The problems of an audit as blocks, worst first: one that has its cause and its nodes from a worse one is told with that. */
export const blocksOf = (audit: Audit): readonly Block[] => {
  const blocks: {
    readonly problem: Problem
    readonly along: Problem[]
    readonly causes: ReadonlySet<string>
  }[] = []
  for (const problem of problemsOf(audit)) {
    const causes = causesOf(problem, audit)
    const host = blocks.find(
      block =>
        causes.size > 0 &&
        (block.problem.waived === undefined) === (problem.waived === undefined) &&
        block.problem.isGating >= problem.isGating &&
        [...causes].every(cause => block.causes.has(cause)) &&
        problem.nodes.every(node => block.problem.nodes.includes(node)),
    )
    if (host) host.along.push(problem)
    else blocks.push({ problem, along: [], causes })
  }
  return blocks
}

const causesOf = (problem: Problem, audit: Audit): ReadonlySet<string> =>
  new Set(
    (suspectedOf(problem, audit)?.all ?? [])
      .filter(({ basis }) => basis === 'mechanism')
      .map(({ cause }) => causeKey(cause)),
  )
