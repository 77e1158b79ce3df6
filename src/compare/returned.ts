import type { Change, Returned } from '../model/drift.ts'
import type { Evaluation } from '../model/evaluation.ts'

/** Failures that were not there in the last run: of these nodes it is worth asking whether they come and go. */
export const regressedNodes = (changes: readonly Change[]): ReadonlySet<string> =>
  new Set(changes.filter(isRegression).flatMap(({ nodes }) => nodes))

/** Which of them had failed before already, and in which run last. `older`: runs before the last one, newest first. */
export const returnedIn = (changes: readonly Change[], older: readonly Evaluation[]): readonly Returned[] => {
  const found = new Map<string, { check: string; run: string; nodes: string[] }>()
  const told = new Set<string>()
  for (const { audit } of older)
    for (const { subject, nodes } of changes.filter(isRegression)) {
      const column = audit.checks.findIndex(({ id }) => id === subject.name)
      const failing = new Set(
        audit.nodes.filter(({ outcomes }) => outcomes[column]?.status === 'fail').map(({ name }) => name),
      )
      for (const node of nodes) {
        const key = `${subject.name} ${node}`
        if (!failing.has(node) || told.has(key)) continue
        told.add(key)
        const group = JSON.stringify([subject.name, audit.run.id])
        const known = found.get(group) ?? { check: subject.name, run: audit.run.id, nodes: [] }
        known.nodes.push(node)
        found.set(group, known)
      }
    }
  return [...found.values()]
}

const isRegression = ({ subject, change }: Change): boolean =>
  subject.type === 'check' && change === 'regressed'
