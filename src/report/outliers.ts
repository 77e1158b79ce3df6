import type { Audit, Outlier } from '../model/audit.ts'
import { bringsComponent } from '../model/brought-by.ts'
import { partsOf } from '../model/drift.ts'
import { foldNames } from '../model/fold-names.ts'
import { suspectedOf } from './because.ts'
import { problemsOf } from './problems.ts'

/** Nodes that differ from their peers in the same way, as one sentence. */
export interface OutlierRow {
  readonly nodes: readonly string[]
  readonly where: string
  readonly peers: string
  readonly what: string
}

const shown = 4

/** One row for nodes of one peer group that are unlike the rest in the same facts; without what is told already. */
export const outlierRows = (audit: Audit): readonly OutlierRow[] => {
  const told = toldIn(audit)
  const rows = new Map<string, { readonly nodes: string[]; readonly peers: string; readonly what: string }>()
  for (const { node, peers, facts: all } of audit.outliers) {
    const facts = all.filter(
      ({ type, name }) =>
        !told.has(keyOf(type, name)) &&
        // What a package brought is said by the package.
        !(type === 'component' && all.some(one => one.type === 'package' && bringsComponent(one.name, name))),
    )
    if (facts.length === 0) continue
    const said = facts.slice(0, shown).map(sentenceOf)
    const what = `${said.join('; ')}${facts.length > shown ? `; and ${facts.length - shown} more` : ''}`
    const key = `${peers}\n${what}`
    const row = rows.get(key)
    if (row) row.nodes.push(node)
    else rows.set(key, { nodes: [node], peers, what })
  }
  return [...rows.values()].map(row => ({ ...row, where: foldNames(row.nodes.slice(0, 200)) }))
}

const sentenceOf = ({ type, name, value, usual, count, of }: Outlier['facts'][number]): string => {
  if (type === 'check') return `${value} ${name} (${count} of ${of}: ${usual})`
  const subject = type === 'package' ? name : type === 'mode' ? `SELinux mode (${name})` : `${type} ${name}`
  return `${subject} ${value} (${count} of ${of}: ${usual})`
}

const keyOf = (type: string, name: string): string => `${type} ${name}`

// What fails is told as what is wrong, and what changed as its cause.
const toldIn = (audit: Audit): ReadonlySet<string> => {
  const problems = problemsOf(audit)
  return new Set([
    ...problems.flatMap(({ check, consequences }) =>
      [check, ...consequences.map(one => one.check)].map(({ id }) => keyOf('check', id)),
    ),
    ...problems.flatMap(problem =>
      (suspectedOf(problem, audit)?.all ?? []).flatMap(({ cause }) =>
        partsOf(cause).map(({ type, name }) => keyOf(type, name)),
      ),
    ),
  ])
}
