import type { Audit, CheckInfo } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'

/**
 * Nodes with latent damage: the check fails, what it leads to when a process restarts has not come about yet. Only for checks that
 * lead to processes in a wrong domain: these are what a restart makes.
 */
export const latentNodes = (
  { check, nodes }: { readonly check: CheckInfo; readonly nodes: readonly string[] },
  { checks, nodes: all }: Audit,
): readonly string[] => {
  const columns = checks.flatMap(({ consequenceOf, reads }, column) =>
    consequenceOf.includes(check.id) && reads.includes('processes') && check.reads.includes('policy')
      ? [column]
      : [],
  )
  if (columns.length === 0) return []
  const failing = new Set(nodes)
  return all
    .filter(
      ({ name, outcomes }) =>
        failing.has(name) &&
        columns.some(column => outcomes[column]?.status === 'pass') &&
        columns.every(column => ['pass', 'not-applicable'].includes(outcomes[column]?.status ?? '')),
    )
    .map(({ name }) => name)
}

/** The most valuable sentence: who still works, and what the next restart does. */
export const latentSentence = (
  working: readonly string[],
  tookCause: string | undefined,
): string | undefined => {
  if (working.length === 0) return undefined
  const [its, works, them] = working.length === 1 ? ['its', 'works', 'it'] : ['their', 'work', 'them']
  const who = working.length <= 12 ? foldNames(working) : `${working.length} nodes`
  const took = tookCause === undefined ? 'still' : `took ${tookCause} too and still`
  return `${who} ${took} ${works}: ${its} pods have not restarted. The next restart breaks ${them}.`
}
