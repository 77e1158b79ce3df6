import pc from 'picocolors'
import type { Audit } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'
import { inOneSentence } from '../policy/diff/words.ts'
import { blocksOf, type Block } from './blocks.ts'
import { hostKeyWords } from './host-keys.ts'
import { linesOf } from './lines.ts'
import { missingRows } from './missing.ts'
import { fixedRows } from './changes.ts'
import { outlierRows } from './outliers.ts'
import { comparisonWords } from './policy-words.ts'
import { failureHeadline, groupReasons, sharedReasons, waivedWords, type Problem } from './problems.ts'
import { summaryLine } from './standings.ts'
import { rowsOf, type Row } from './terminal-rows.ts'

export interface TerminalOptions {
  readonly columns: number
  readonly color: boolean
  readonly reportPath?: string
  readonly junitPath?: string
  /** Where the files to review are, if there are any. */
  readonly remediesPath?: string
}

const detailed = 3
const mostOutliers = 3
/** Nodes that say the same of other things are told one by one, up to so many. */
const mostOwn = 3
const listed = 12
const mostCommands = 2
/** Next steps for nodes that did not answer. */
const mostNext = 3
/** Lines of BECAUSE; the rest of the evidence is in the report. */
const mostReasons = 6

/** The summary for a person at a terminal: the worst problems in five lines each, the others in a line each. */
export const terminal = (audit: Audit, options: TerminalOptions): string => {
  const { bold, red, yellow, green, dim } = pc.createColors(options.color)
  const colour = { 0: green, 1: red, 3: yellow }[audit.verdict.exit]
  const blocks = blocksOf(audit).filter(({ problem }) => problem.severity !== 'info')
  const full = blocks.filter(({ problem }) => problem.isGating).slice(0, detailed)
  const row = rowsOf(options.columns, bold)
  const rows = (label: string, lines: readonly Line[]): readonly string[] =>
    [
      ...lines.slice(0, listed),
      ...(lines.length > listed ? [['', `and ${lines.length - listed} more, in the report`] as const] : []),
    ].map(([where, what], index) =>
      row(index === 0 ? label : '', where === '' ? what : `${short(where)}  ${what}`),
    )
  const run = `run ${audit.run.id}`
  const head = `sefleet  ${summaryLine(audit)}`
  const unjudged = sharedReasons(groupReasons(audit, 'unknown').filter(({ isGating }) => isGating))
  const hostKeys = hostKeyWords(audit)
  const missing = missingRows(audit)
  const told = new Set(full.flatMap(({ problem }) => problem.nodes))
  const paragraphs = [
    [
      head.length + run.length + 2 <= options.columns
        ? `${bold(head)}${dim(run.padStart(options.columns - head.length))}`
        : `${bold(head)}\n${dim(run)}`,
    ],
    hostKeys.filter(({ isBad }) => isBad).map(({ words }) => row('INSECURE', words, red)),
    ...full.map(block => fiveLines(block, audit, row)),
    [
      ...rows('fixed', fixedLines(audit)),
      ...rows('changed', policyChanges(audit, full)),
      ...rows('also', [
        ...blocks.filter(block => !full.includes(block)).flatMap(({ problem }) => alsoLines(problem)),
        ...outlierRows(audit)
          .filter(({ nodes }) => !nodes.every(node => told.has(node)))
          .slice(0, mostOutliers)
          .map(({ where, peers, what }) => [where, `unlike its peers (${peers}): ${what}`] as const),
      ]),
      ...rows(
        'unknown',
        unjudged.map(
          ({ checks, reason, nodes }) => [foldNames(nodes), `${idsOf(checks)}: ${reason}`] as const,
        ),
      ),
      ...rows(
        'DO',
        [...new Set(unjudged.slice(0, listed).flatMap(({ next = [] }) => next))].map(next => ['', next]),
      ),
      ...(['partial', 'missing'] as const).flatMap(status =>
        rows(
          status,
          missing
            .filter(one => one.status === status)
            .map(({ nodes, code, sentence }) => [foldNames(nodes), `${code}: ${sentence}`] as const),
        ),
      ),
      ...rows(
        'DO',
        [...new Set(missing.flatMap(({ hint }) => hint ?? []))].slice(0, mostNext).map(hint => ['', hint]),
      ),
    ],
    rows('note', [
      ...hostKeys.filter(({ isBad }) => !isBad).map(({ words }) => ['', words] as const),
      ...loginLines(audit),
      ...audit.notes.map(note => ['', note] as const),
    ]),
    [
      ...(options.reportPath === undefined ? [] : [row('report', options.reportPath)]),
      ...(options.junitPath === undefined ? [] : [row('junit', options.junitPath)]),
      ...(options.remediesPath === undefined ? [] : [row('review', options.remediesPath)]),
      row(`exit ${audit.verdict.exit}`, audit.verdict.reasons.join('; '), colour),
    ],
  ]
  return `${paragraphs
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

type Line = readonly [where: string, what: string]

const fiveLines = ({ problem, along }: Block, audit: Audit, row: Row): readonly string[] => {
  const {
    what,
    where,
    since,
    because,
    do: all,
    rollBack,
    waysBack,
    remedies,
    withoutWay,
    latent,
  } = linesOf(problem, audit)
  const known = rollBack.filter(one => 'do' in one).length
  const without = rollBack.flatMap(one => ('none' in one ? one.nodes : []))
  // Where a way back is known, it is what to do; what is said in general is in the report.
  const commands =
    known > 0
      ? all.slice(0, Math.min(known, mostCommands))
      : [
          ...all.slice(0, Math.min(waysBack, mostCommands)),
          ...all.slice(waysBack, waysBack + Math.min(Math.max(remedies, 1), mostCommands)),
        ]
  const more = [
    ...(known > mostCommands ? [`and ${known - mostCommands} more ways back, in the report`] : []),
    ...(known > 0 && without.length > 0
      ? [`no way back known for ${short(foldNames(without))}: why not is in the report`]
      : []),
    ...withoutWay.slice(0, mostCommands),
  ]
  const so = [...problem.consequences.map(({ check }) => check.id), ...along.map(({ check }) => check.id)]
  return [
    row('WHAT', what),
    row('WHERE', short(where)),
    ...(since === undefined ? [] : [row('SINCE', since)]),
    ...(because === undefined ? [] : [row.within('BECAUSE', because, mostReasons)]),
    ...(so.length === 0 ? [] : [row('SO', soSentence(so))]),
    ...[...commands, ...more, ...(latent === undefined ? [] : [latent])].map((sentence, index) =>
      row(index === 0 ? 'DO' : '', sentence),
    ),
  ]
}

// "known-denials, refused-transitions and 2 more checks"
const idsOf = (ids: readonly string[]): string => {
  const shown = ids.length <= 3 ? ids : [...ids.slice(0, 2), `${ids.length - 2} more checks`]
  return shown.length === 1 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`
}

const soSentence = (ids: readonly string[]): string => {
  const shown = ids.length <= 4 ? ids : [...ids.slice(0, 3), `${ids.length - 3} more checks`]
  const last = shown.at(-1) ?? ''
  return shown.length === 1
    ? `${last} fails because of it`
    : `${shown.slice(0, -1).join(', ')} and ${last} fail because of it`
}

// What failed in the earlier run and is well now.
const fixedLines = (audit: Audit): readonly Line[] =>
  fixedRows(audit).map(({ names, where }) => [where, `${names.join(', ')}: passes again`] as const)

// Every node beside its own finding: the first that it shares with most.
const alsoLines = (problem: Problem): readonly Line[] => {
  const { nodes, check, findings, consequences, known, lowered } = problem
  const less = lowered === undefined ? '' : ` (weighs less: ${lowered})`
  const so = consequences.length > 0 ? `; so ${consequences.map(one => one.check.id).join(', ')} too` : ''
  const waived = waivedWords(problem)
  const past =
    waived !== undefined
      ? `${waived.split(':')[0] ?? ''}: `
      : known === 'failed-before'
        ? 'as before: '
        : known === undefined
          ? ''
          : 'asked for the first time: '
  const line = (where: readonly string[], what: string): Line => [
    foldNames(where),
    `${past}${check.id}: ${what}${so}${less}`,
  ]
  const left = new Set(nodes)
  const lines = findings.flatMap(({ message, nodes: all, own: said }) => {
    const own = all.filter(node => left.delete(node))
    // Nodes of one kind that each say another path or program: their own words, while these are few.
    const groups = new Map<string, readonly string[]>()
    for (const node of own) {
      const words = said?.get(node) ?? message
      groups.set(words, [...(groups.get(words) ?? []), node])
    }
    if (groups.size <= mostOwn) return [...groups].map(([words, some]) => line(some, words))
    return own.length > 0 ? [line(own, message)] : []
  })
  return left.size > 0 ? [...lines, line([...left], failureHeadline(check))] : lines
}

// What somebody tried by hand is told, and counts for nothing.
const loginLines = ({ nodes }: Audit): readonly Line[] => {
  const typed = nodes.filter(({ denials }) => denials.some(one => one.active && one.owner === 'login'))
  const [first] = typed.flatMap(({ denials }) => denials.filter(one => one.active && one.owner === 'login'))
  if (!first) return []
  const by = first.commands.length > 0 ? ` (${first.commands.slice(0, 4).join(', ')})` : ''
  const rule = `${first.source} → ${first.target}:${first.class} ${first.permissions.join(' ')}${by}`
  const what =
    typed.length === 1 ? `denied ${rule} was typed` : 'what was denied there, beside other things, was typed'
  return [
    [
      foldNames(typed.map(({ name }) => name)),
      `${what} by somebody in a login session; it counts for nothing`,
    ],
  ]
}

// What is otherwise than in the earlier run, by meaning; a policy's other bytes are no news.
const policyChanges = ({ baseline }: Audit, told: readonly Block[]): readonly Line[] => {
  if (baseline === undefined) return []
  if (baseline.state === 'unreadable')
    return [['', `since the earlier run: could not be compared: ${baseline.problem}`]]
  return baseline.policies.flatMap(({ nodes, comparison }): readonly Line[] => {
    if (comparison.state !== 'differs') return []
    // Told already, as the cause of what is wrong.
    const isTold = told.some(({ problem }) => nodes.every(node => problem.nodes.includes(node)))
    if (isTold) return []
    const { lines, more } = comparisonWords(comparison)
    const all = [
      ...lines,
      ...comparison.booleans.map(({ name, after }) => `the boolean ${name} is ${after ? 'on' : 'off'} now`),
    ]
    const left = all.length - 1 + more
    return [
      [
        foldNames(nodes),
        `policy since ${baseline.run}: ${inOneSentence([...all.slice(0, 1), ...(left > 0 ? [`and ${left} more`] : [])])}`,
      ],
    ]
  })
}

// Hundreds of names are a number and an idea of which.
const short = (names: string): string => (names.length <= 200 ? names : `${names.slice(0, 199)}…`)
