import type { Outlier } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'

/** Nodes that differ from their peers in the same way, as one sentence. */
export interface OutlierRow {
  readonly nodes: string
  readonly peers: string
  readonly what: string
}

const shown = 4

/** One row for nodes of one peer group that are unlike the rest in the same facts. */
export const outlierRows = (outliers: readonly Outlier[]): readonly OutlierRow[] => {
  const rows = new Map<string, { readonly nodes: string[]; readonly peers: string; readonly what: string }>()
  for (const { node, peers, facts } of outliers) {
    const said = facts.slice(0, shown).map(({ type, name, value, usual, count, of }) => {
      const subject =
        type === 'package' ? name : type === 'mode' ? `SELinux mode (${name})` : `${type} ${name}`
      return `${subject} ${value} (${count} of ${of}: ${usual})`
    })
    const what = `${said.join('; ')}${facts.length > shown ? `; and ${facts.length - shown} more` : ''}`
    const key = `${peers}\n${what}`
    const row = rows.get(key)
    if (row) row.nodes.push(node)
    else rows.set(key, { nodes: [node], peers, what })
  }
  return [...rows.values()].map(row => ({ ...row, nodes: foldNames(row.nodes.slice(0, 200)) }))
}
