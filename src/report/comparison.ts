import type { Audit } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'
import { changeRows } from './changes.ts'
import { linesOf } from './lines.ts'
import { comparisonWords } from './policy-words.ts'
import { problemsOf } from './problems.ts'

/** What is otherwise than in the earlier run, a line each: checks, then policies, then facts, each with its nodes. */
export const comparisonLines = (audit: Audit): readonly string[] => {
  const { baseline } = audit
  if (baseline === undefined) return []
  if (baseline.state === 'unreadable') return [`could not be compared: ${baseline.problem}`]
  const checks = changeRows(audit, 'checks').map(
    ({ names, what, where }) => `check ${names.join(', ')}: ${what}   on ${where}`,
  )
  const causes = problemsOf(audit).flatMap(problem => {
    const { since, because, latent } = linesOf(problem, audit)
    const { id } = problem.check
    return [
      ...(because === undefined || since === undefined ? [] : [`since, ${id}: ${since}`]),
      ...(because === undefined ? [] : [`because, ${id}: ${because}`]),
      ...(latent === undefined ? [] : [`next, ${id}: ${latent}`]),
    ]
  })
  const policies = baseline.policies.flatMap(({ nodes, comparison }) =>
    comparison.state === 'differs'
      ? [
          ...comparisonWords(comparison).lines,
          ...comparison.booleans.map(({ name, after }) => `boolean ${name} is ${after ? 'on' : 'off'} now`),
          ...(comparisonWords(comparison).more > 0 ? [`and ${comparisonWords(comparison).more} more`] : []),
        ].map(line => `policy: ${line}   on ${foldNames(nodes)}`)
      : comparison.state === 'unknown'
        ? [`policy: another one, whose meaning is unknown (${comparison.why})   on ${foldNames(nodes)}`]
        : [],
  )
  const facts = changeRows(audit, 'facts').map(
    ({ kind, names, what, where }) => `${kind} ${names.join(', ')}: ${what}   on ${where}`,
  )
  const lines = [...checks, ...causes, ...policies, ...facts]
  return lines.length > 0 ? lines : ['nothing that is looked at changed']
}
