import { hints } from '../errors.ts'
import type { Audit } from '../model/audit.ts'
import { maskOwn } from '../model/mask.ts'

/** Nodes that did not answer, or not all, for the same reason. */
export interface MissingRow {
  readonly status: 'missing' | 'partial'
  readonly code: string
  /** What happened; what is each node’s own is masked where several share it. */
  readonly sentence: string
  readonly hint?: string
  readonly nodes: readonly string[]
}

/** Missing and partial nodes by what happened to them, the most frequent first; missing before partial. */
export const missingRows = (audit: Audit): readonly MissingRow[] => {
  const rows = new Map<
    string,
    { status: MissingRow['status']; code: string; sentences: string[]; masked: string; nodes: string[] }
  >()
  for (const node of audit.nodes) {
    const { status, error } = node
    if (status === 'answered') continue
    // The sentence begins with the node’s name, which the row says already.
    const sentence = (error?.sentence ?? '').replace(`node ${node.name}: `, '')
    const masked = maskOwn(sentence, node)
    const key = JSON.stringify([status, error?.code, masked])
    const row = rows.get(key) ?? { status, code: error?.code ?? '', sentences: [], masked, nodes: [] }
    row.sentences.push(sentence)
    row.nodes.push(node.name)
    rows.set(key, row)
  }
  return [...rows.values()]
    .toSorted(
      (a, b) =>
        Number(a.status === 'partial') - Number(b.status === 'partial') || b.nodes.length - a.nodes.length,
    )
    .map(({ sentences, masked, ...row }) => {
      const hint = Object.entries(hints).find(([code]) => code === row.code)?.[1]
      return {
        ...row,
        sentence: row.nodes.length === 1 ? (sentences[0] ?? '') : `${masked}${behind(row)}`,
        ...(hint === undefined ? {} : { hint }),
      }
    })
}

// One host on the way is one trouble, however many nodes it hides.
const behind = ({ code, nodes }: { readonly code: string; readonly nodes: readonly string[] }): string =>
  code === 'jump-failed' ? `; ${nodes.length} nodes are behind it` : ''
