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
  { baseline }: Pick<Audit, 'baseline'> = {},
): string | undefined => {
  if (working.length === 0) return undefined
  const [its, works, them] = working.length === 1 ? ['its', 'works', 'it'] : ['their', 'work', 'them']
  const who = working.length <= 12 ? foldNames(working) : `${working.length} nodes`
  const took = tookCause === undefined ? 'still' : `took ${tookCause} too and still`
  // What was started anew since the earlier run did not wait for a restart to break; why it works is not known then.
  const changes = baseline?.state === 'compared' ? baseline.changes : []
  const isRestarted = changes.some(
    ({ subject, nodes }) =>
      (subject.type === 'restart' || subject.type === 'boot') && nodes.some(node => working.includes(node)),
  )
  const how = isRestarted ? `${its} pods run in their right domains still` : `${its} pods have not restarted`
  return `${who} ${took} ${works}: ${how}. The next restart breaks ${them}.`
}
