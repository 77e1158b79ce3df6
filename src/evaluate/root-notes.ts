import { hints } from '../errors.ts'
import type { NodeAudit } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'
import { maskOwn } from '../model/mask.ts'
import type { Reading } from '../model/reading.ts'
import type { NodeRecord } from '../model/record.ts'

/** Nodes that gave no root although it was wanted: why, once, and what to do about it. */
export const rootNotes = (nodes: readonly NodeAudit[]): readonly string[] => {
  const byReason = new Map<string, { readonly code: string; readonly sentences: string[]; names: string[] }>()
  for (const node of nodes) {
    const { notRoot } = node.facts
    if (!notRoot) continue
    const masked = maskOwn(notRoot.sentence, node)
    const group = byReason.get(masked) ?? { code: notRoot.code, sentences: [], names: [] }
    group.sentences.push(notRoot.sentence)
    group.names.push(node.name)
    byReason.set(masked, group)
  }
  return [...byReason].map(([masked, { code, sentences, names }]) => {
    const hint = Object.entries(hints).find(([known]) => known === code)?.[1]
    const sentence = names.length === 1 ? (sentences[0] ?? '') : masked
    return `${foldNames(names.slice(0, 200))}: asked without root (${code}): ${sentence}; what needs root is unknown there${hint === undefined ? '' : `. ${hint}`}`
  })
}

/** What could not be read for want of root says why there was none. */
export const whyNotRoot = <Value>(
  reading: Reading<Value>,
  { notRoot }: Pick<NodeRecord, 'notRoot'>,
): Reading<Value> =>
  notRoot && reading.state === 'unreadable' && reading.reason === 'not-root'
    ? { ...reading, detail: `${reading.detail}; ${notRoot.sentence}` }
    : reading
