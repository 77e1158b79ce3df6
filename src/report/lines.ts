import type { Audit } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'
import type { RollBackAdvice } from '../model/roll-back.ts'
import { becauseSentence, suspectedOf } from './because.ts'
import { latentNodes, latentSentence } from './latent.ts'
import { remediesOf, type Problem } from './problems.ts'
import { sinceSentence } from './since.ts'
import { mergedWays, waySentence } from './ways-back.ts'
import { whatSentence } from './what.ts'

/** The five lines on one thing that is wrong: what, where, since when, because of what, what to do. */
export interface Lines {
  readonly what: string
  readonly where: string
  readonly since?: string
  readonly because?: string
  /** The first of these is what to do first. */
  readonly do: readonly string[]
  /** How many of them take the cause back, or say that no way is known. */
  readonly waysBack: number
  /** How many of these are for some of the findings each: one does not stand for the others. */
  readonly remedies: number
  /** What to do on the nodes that have nothing to take back, where others have. */
  readonly withoutWay: readonly string[]
  /** Taking the cause back, as commands. */
  readonly rollBack: readonly RollBackAdvice[]
  /** Who still works, and what the next restart does. */
  readonly latent?: string
}

/** Every reporter says the same of a problem; empty of causes where there is no earlier run to compare with. */
export const linesOf = (problem: Problem, audit: Audit): Lines => {
  const { check } = problem
  const suspected = suspectedOf(problem, audit)
  const certain = suspected?.all.filter(({ basis }) => basis !== 'weak') ?? []
  const rollBack = mergedWays(certain.flatMap(one => one.rollBack))
  const since = sinceSentence(problem, audit, suspected)
  const [lead] = certain
  const working = latentNodes(problem, audit)
  const tookIt =
    lead?.cause.type === 'package' &&
    working.every(node =>
      (suspected?.causes[0] ?? []).some(({ nodes, tied }) => tied.length === 0 && nodes.includes(node)),
    )
  const latent = latentSentence(working, tookIt ? 'the update' : undefined, audit)
  const remedies = remediesOf(problem.findings, check)
  return {
    what: whatSentence(problem, audit),
    where: whereSentence(problem.struck, audit),
    ...(since === undefined ? {} : { since }),
    ...(suspected ? { because: becauseSentence(suspected) } : {}),
    do: [...rollBack.map(one => waySentence(one, 'do' in one ? check.afterwards : undefined)), ...remedies],
    waysBack: rollBack.length,
    remedies: remedies.length,
    withoutWay: withoutWay(problem, rollBack),
    rollBack,
    ...(latent === undefined ? {} : { latent }),
  }
}

// A node that fails without a cause needs its own remedy beside the commands for the others; where it is told why nothing is done by
// hand, what helps in general may not.
const withoutWay = (
  { check, nodes, findings }: Problem,
  rollBack: readonly RollBackAdvice[],
): readonly string[] => {
  const told = new Set(rollBack.flatMap(one => one.nodes))
  const left = nodes.filter(name => !told.has(name))
  if (!rollBack.some(one => 'do' in one) || left.length === 0) return []
  const own = findings
    .map(one => ({ ...one, nodes: one.nodes.filter(name => !told.has(name)) }))
    .filter(one => one.nodes.length > 0)
  const all = remediesOf(own, check)
  const [only] = all
  return all.length === 1 && only !== undefined && !only.includes('   on ')
    ? [`${only}   on ${left.length <= 12 ? foldNames(left) : `${left.length} nodes`}`]
    : all
}

const whereSentence = (nodes: readonly string[], { nodes: all }: Audit): string => {
  const named = new Set(nodes)
  const groups = new Set(all.filter(({ name }) => named.has(name)).map(({ peers }) => peers))
  const [group] = groups
  const answered = all.filter(({ status }) => status !== 'missing')
  const names = foldNames(nodes)
  // Hundreds of names are a number and an idea of which.
  const shown = names.length <= 120 ? names : `${names.slice(0, 119)}…`
  if (groups.size !== 1 || group === undefined)
    return `${shown}   ${nodes.length} of ${answered.length} that answered`
  return `${shown}   ${nodes.length} of ${answered.filter(({ peers }) => peers === group).length} in peer group ${group}`
}
