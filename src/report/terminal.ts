import pc from 'picocolors'
import type { Audit } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'
import { forTerminal } from '../model/printable.ts'
import { explain, rollBackSentence } from './causes.ts'
import { outlierRows } from './outliers.ts'
import { countStandings, groupReasons, problemsOf, summaryLine, type Problem } from './problems.ts'

export interface TerminalOptions {
  readonly columns: number
  readonly color: boolean
  readonly reportPath?: string
  readonly junitPath?: string
  /** Where the files to review are, if there are any. */
  readonly remediesPath?: string
}

const detailed = 3
const mostOutliers = 4
const listed = 12

/** The summary for a person at a terminal: the worst problems in full, the others in a line each. */
export const terminal = (audit: Audit, options: TerminalOptions): string => {
  const { bold, red, yellow, green, dim } = pc.createColors(options.color)
  const colour = { 0: green, 1: red, 3: yellow }[audit.verdict.exit]
  const problems = problemsOf(audit).filter(({ severity }) => severity !== 'info')
  const gating = problems.filter(({ isGating }) => isGating)
  const full = gating.slice(0, detailed)
  const rest = problems.filter(problem => !full.includes(problem))
  const unknown = groupReasons(audit, 'unknown').filter(({ isGating }) => isGating)
  const missing = audit.nodes.filter(({ status }) => status === 'missing')
  const partial = audit.nodes.filter(({ status }) => status === 'partial')
  const row = rowsOf(options.columns, bold)
  const also = (lines: readonly (readonly [string, string])[], label: string) =>
    [
      ...lines.slice(0, listed),
      ...(lines.length > listed ? [['', `and ${lines.length - listed} more, in the report`] as const] : []),
    ].map(([where, what], index) =>
      row(index === 0 ? label : '', where === '' ? what : `${short(where)}  ${what}`),
    )
  const run = `run ${audit.run.id}`
  const head = `sefleet  ${summaryLine(audit)}`
  const blocks = [
    [
      head.length + run.length + 2 <= options.columns
        ? `${bold(head)}${dim(run.padStart(options.columns - head.length))}`
        : `${bold(head)}\n${dim(run)}`,
    ],
    ...full.map(problem => blockOf(problem, audit, row)),
    [
      ...also(policyChanges(audit, full), 'changed'),
      ...also(
        rest.map(
          problem =>
            [
              foldNames(problem.nodes),
              `${problem.check.id}: ${problem.findings[0]?.message ?? problem.check.title}${problem.consequences.length > 0 ? `; so ${problem.consequences.map(one => one.check.id).join(', ')} too` : ''}`,
            ] as const,
        ),
        'also',
      ),
      ...also(
        outlierRows(audit.outliers)
          .slice(0, mostOutliers)
          .map(({ nodes, peers, what }) => [nodes, `unlike its peers (${peers}): ${what}`] as const),
        'unlike',
      ),
      ...also(
        unknown.flatMap(({ check, reasons }) =>
          reasons.map(({ reason, nodes }) => [foldNames(nodes), `${check.id}: ${reason}`] as const),
        ),
        'unknown',
      ),
      ...also(
        partial.map(
          ({ name, error }) => [name, `${error?.code ?? ''}: ${sentence(error?.sentence, name)}`] as const,
        ),
        'partial',
      ),
      ...also(
        missing.map(
          ({ name, error }) => [name, `${error?.code ?? ''}: ${sentence(error?.sentence, name)}`] as const,
        ),
        'missing',
      ),
    ],
    [
      ...also(
        audit.notes.map(note => ['', note] as const),
        'note',
      ),
    ],
    [
      ...(options.reportPath === undefined ? [] : [row('report', options.reportPath)]),
      ...(options.junitPath === undefined ? [] : [row('junit', options.junitPath)]),
      ...(options.remediesPath === undefined ? [] : [row('review', options.remediesPath)]),
      row(`exit ${audit.verdict.exit}`, audit.verdict.reasons.join('; '), colour),
    ],
  ]
  return `${blocks
    .filter(block => block.length > 0)
    .map(block => block.join('\n'))
    .join('\n\n')}\n`
}

// What is otherwise than in the earlier run, by meaning; a policy's other bytes are no news.
const policyChanges = (
  { baseline }: Audit,
  told: readonly Problem[],
): readonly (readonly [string, string])[] => {
  if (baseline === undefined) return []
  if (baseline.state === 'unreadable')
    return [['', `since the earlier run: could not be compared: ${baseline.problem}`]]
  return baseline.policies.flatMap(({ nodes, comparison }) => {
    if (comparison.state !== 'differs') return []
    // Told already, as the cause of what is wrong.
    const isTold = baseline.suspects.some(
      ({ check, basis, evidence, nodes: struck }) =>
        basis === 'mechanism' &&
        evidence.length > 0 &&
        told.some(problem => problem.check.id === check) &&
        nodes.every(node => struck.includes(node)),
    )
    if (isTold) return []
    const { lines, more, booleans } = comparison
    const all = [
      ...lines,
      ...booleans.map(({ name, after }) => `the boolean ${name} is ${after ? 'on' : 'off'} now`),
    ]
    const left = all.length - 1 + more
    return [
      [
        foldNames(nodes),
        `policy since ${baseline.run}: ${all[0] ?? ''}${left > 0 ? `; and ${left} more` : ''}`,
      ] as const,
    ]
  })
}

// Hundreds of names are a number and an idea of which.
const short = (names: string): string => (names.length <= 120 ? names : `${names.slice(0, 119)}…`)

type Row = (label: string, text: string, paint?: (text: string) => string) => string

const blockOf = (problem: Problem, audit: Audit, row: Row): readonly string[] => {
  const { check, headline, findings, nodes, consequences } = problem
  const { since, because, latent, rollBack } = explain(problem, audit)
  const advice = [
    ...rollBack.slice(0, 3).map(rollBackSentence),
    ...(check.remedy === undefined ? [] : [check.remedy]),
    ...(latent === undefined ? [] : [latent]),
  ]
  const answered = audit.nodes.length - countStandings(audit).missing
  const what = findings.slice(0, 2).map(({ message }) => message)
  const more = findings.length > 2 ? [`and ${findings.length - 2} more`] : []
  return [
    row(
      'WHAT',
      `${headline} (${nodes.length === 1 ? '1 node' : `${nodes.length} nodes`}): ${[...what, ...more].join('; ')}`,
    ),
    row('WHERE', `${short(foldNames(nodes))}   ${nodes.length} of ${answered} that answered`),
    ...(since === undefined ? [] : [row('SINCE', since)]),
    ...(because === undefined ? [] : [row('BECAUSE', because)]),
    ...(consequences.length > 0 ? [row('SO', consequencesOf(consequences))] : []),
    ...advice.map((sentenceOf, index) => row(index === 0 ? 'DO' : '', sentenceOf)),
  ]
}

const consequencesOf = (all: Problem['consequences']): string => {
  const told = all.slice(0, 2).map(({ check }) => `${check.failureTitle ?? check.title} (${check.id})`)
  const rest = all.slice(2).map(({ check }) => check.id)
  return [told.join('; '), ...(rest.length > 0 ? [`and ${rest.join(', ')}`] : [])].join('; ')
}

// The sentence of a NodeError begins with the node's name, which the row has said already.
const sentence = (text: string | undefined, name: string): string =>
  (text ?? '').replace(`node ${name}: `, '')

const labelWidth = 9

/** Wraps at the screen's width, the text in its own column; every string is made harmless first. */
const rowsOf =
  (columns: number, bold: (text: string) => string): Row =>
  (label, text, paint = bold) => {
    const width = Math.max(20, columns - labelWidth)
    const lines = wrap(forTerminal(text).replaceAll('\n', ' ').slice(0, 2000), width)
    return lines
      .map((line, index) =>
        index === 0 ? paint(label.padEnd(labelWidth)) + line : ' '.repeat(labelWidth) + line,
      )
      .join('\n')
  }

const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
    for (let last = lines.at(-1) ?? ''; last.length > width; last = lines.at(-1) ?? '')
      lines.splice(-1, 1, last.slice(0, width), last.slice(width))
  }
  return lines
}
