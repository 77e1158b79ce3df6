import { hintOf } from '../errors.ts'
import type { Audit } from '../model/audit.ts'
import { maskOwn } from '../model/mask.ts'

/** Nodes that did not answer, or not all, for the same reason. */
export interface MissingRow {
  readonly status: 'missing' | 'partial'
  /** `jump-failed (host-key-unknown)` where it happened to a host on the way. */
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
    {
      status: MissingRow['status']
      code: string
      error: { code: string; of?: string | undefined }
      sentences: string[]
      masked: string
      nodes: string[]
    }
  >()
  for (const node of audit.nodes) {
    const { status, error } = node
    if (status === 'answered') continue
    // The sentence begins with the node’s name, which the row says already.
    const sentence = (error?.sentence ?? '').replace(`node ${node.name}: `, '')
    const masked = maskOwn(sentence, node)
    const code = error?.of === undefined ? (error?.code ?? '') : `${error.code} (${error.of})`
    const key = JSON.stringify([status, code, masked])
    const row = rows.get(key) ?? {
      status,
      code,
      error: { code: error?.code ?? '', of: error?.of },
      sentences: [],
      masked,
      nodes: [],
    }
    row.sentences.push(sentence)
    row.nodes.push(node.name)
    rows.set(key, row)
  }
  return [...rows.values()]
    .toSorted(
      (a, b) =>
        Number(a.status === 'partial') - Number(b.status === 'partial') || b.nodes.length - a.nodes.length,
    )
    .map(({ sentences, masked, error, ...row }) => {
      const hint = hintOf(error)
      return {
        ...row,
        sentence: row.nodes.length === 1 ? (sentences[0] ?? '') : `${inWords(masked)}${behind(row)}`,
        ...(hint === undefined ? {} : { hint }),
      }
    })
}

// One host on the way is one trouble, however many nodes it hides.
const behind = ({ code, nodes }: { readonly code: string; readonly nodes: readonly string[] }): string =>
  code.startsWith('jump-failed') ? `; ${nodes.length} nodes are behind it` : ''

// What is each node's own stands for itself only within a comparison.
const inWords = (masked: string): string =>
  masked.replaceAll(/\bADDRESS\b/g, 'its address').replaceAll(/\bNODE\b/g, 'the node')
