import { changeKinds, type Change } from '../model/drift.ts'
import { bySeverity } from '../model/severity.ts'

/** A change of one node. */
export type Single = Omit<Change, 'id' | 'nodes' | 'since'> & {
  readonly node: string
  readonly since?: number
}

/** Changes that nodes share as one, what went wrong first: `e1`, `e2`, … stable within an audit. */
export const foldChanges = (singles: readonly Single[]): readonly Change[] => {
  const folded = new Map<
    string,
    Omit<Change, 'id' | 'nodes' | 'since'> & { readonly nodes: string[]; since: number[] }
  >()
  for (const { node, since, ...change } of singles) {
    const { subject, before, after } = change
    const key = JSON.stringify([subject.type, subject.name, change.change, before, after])
    const known = folded.get(key) ?? { ...change, nodes: [], since: [] }
    known.nodes.push(node)
    if (since !== undefined) known.since.push(since)
    folded.set(key, known)
  }
  return [...folded.values()]
    .toSorted(
      (a, b) =>
        Number(b.subject.type === 'check') - Number(a.subject.type === 'check') ||
        changeKinds.indexOf(a.change) - changeKinds.indexOf(b.change) ||
        bySeverity(a.severity ?? 'info', b.severity ?? 'info') ||
        b.nodes.length - a.nodes.length ||
        (a.subject.name < b.subject.name ? -1 : 1),
    )
    .map(({ since, ...change }, index) => ({
      id: `e${index + 1}`,
      ...change,
      ...(since.length > 0 ? { since: { earliest: Math.min(...since), latest: Math.max(...since) } } : {}),
    }))
}
