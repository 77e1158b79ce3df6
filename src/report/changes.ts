import type { Audit } from '../model/audit.ts'
import type { Change } from '../model/drift.ts'
import { facetTypes } from '../model/facet.ts'
import { foldNames } from '../model/fold-names.ts'

/** Several changes that are alike, as one row. */
export interface ChangeRow {
  readonly kind: string
  readonly names: readonly string[]
  readonly what: string
  readonly nodes: readonly string[]
  readonly where: string
}

/** What changed since the earlier run: facts and nodes, or checks; alike ones (same change, same nodes) in one row. */
export const changeRows = (audit: Audit, of: 'facts' | 'checks'): readonly ChangeRow[] => {
  if (audit.baseline?.state !== 'compared') return []
  const rows = new Map<string, { kind: string; names: string[]; what: string; nodes: readonly string[] }>()
  for (const change of audit.baseline.changes) {
    if ((change.subject.type === 'check') !== (of === 'checks')) continue
    const what = whatOf(change)
    const key = JSON.stringify([change.subject.type, what, change.nodes])
    const row = rows.get(key)
    if (row) row.names.push(change.subject.name)
    else rows.set(key, { kind: change.subject.type, names: [change.subject.name], what, nodes: change.nodes })
  }
  return [...rows.values()]
    .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    .map(row => ({ ...row, where: foldNames(row.nodes.slice(0, 200)) }))
}

/** Checks that failed in the earlier run and are well now; those of the same nodes in one row. */
export const fixedRows = ({ baseline }: Audit): readonly Pick<ChangeRow, 'names' | 'where'>[] => {
  if (baseline?.state !== 'compared') return []
  const rows = new Map<string, { readonly names: string[]; readonly where: string }>()
  for (const { subject, change, nodes } of baseline.changes) {
    if (subject.type !== 'check' || change !== 'fixed') continue
    const key = JSON.stringify(nodes)
    const row = rows.get(key) ?? { names: [], where: foldNames(nodes.slice(0, 200)) }
    if (!row.names.includes(subject.name)) row.names.push(subject.name)
    rows.set(key, row)
  }
  return [...rows.values()]
}

// What was done before what follows from it.
const order: readonly string[] = ['check', 'node', ...facetTypes, 'denial']

const whatOf = ({ subject, change, before, after, direction }: Change): string => {
  if (subject.type === 'check') return `${change}: ${before ?? ''} → ${after ?? ''}`
  if (subject.type === 'boot') return 'rebooted'
  if (subject.type === 'restart') return 'restarted'
  if (change === 'appeared') return `new${after === undefined ? '' : `: ${after}`}`
  if (change === 'vanished') return `gone${before === undefined ? '' : ` (was ${before})`}`
  if (change === 'lost') return `cannot be read now${after === undefined ? '' : `: ${after}`}`
  if (change === 'fixed') return subject.type === 'denial' ? 'ended' : 'again'
  if (before === undefined && after === undefined) return 'changed'
  return `${before ?? ''} → ${after ?? ''}${direction === 'down' ? ' (down)' : ''}`
}
