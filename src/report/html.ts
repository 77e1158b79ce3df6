import { hintOf } from '../errors.ts'
import type { Audit, AuditPolicy, CheckInfo, NodeAudit } from '../model/audit.ts'
import { fileNameFor } from '../model/file-name.ts'
import { commandsToHtml } from './commands.ts'
import { remediesHere } from './outcome-remedies.ts'
import { foldNames } from '../model/fold-names.ts'
import { statuses, type Outcome, type Status } from '../model/outcome.ts'
import { bySeverity } from '../model/severity.ts'
import { groupDenials } from './fleet-denials.ts'
import { comparisonWords } from './policy-words.ts'
import { failureHeadline, groupReasons, waivedWords } from './problems.ts'
import type { ReportFile } from './report-file.ts'
import { countStandings, standingOf, summaryLine, type Standing } from './standings.ts'
import { blocksOf, type Block } from './blocks.ts'
import { hostKeyRows, hostKeyWords } from './host-keys.ts'
import { ladderOf } from './ladder.ts'
import { linesOf } from './lines.ts'
import { missingRows } from './missing.ts'
import { changeRows } from './changes.ts'
import { duration, isoMinute } from './moments.ts'
import { outlierRows } from './outliers.ts'
import { readAsset, renderPage } from './templates.ts'

/** More nodes than this and the front page lists only those that are not healthy; all are on a page of their own. */
const frontPageNodes = 300
const frontPageRows = 1000

/** `index.html`, a page per node and their assets: complete without JavaScript, nothing inline, nothing from outside. */
export function* html(audit: Audit): Iterable<ReportFile> {
  yield { path: 'assets/report.css', content: readAsset('report.css') }
  yield { path: 'assets/report.js', content: readAsset('report.js') }
  yield { path: 'index.html', content: renderPage('index', frontPage(audit)) }
  if (audit.nodes.length > frontPageNodes) yield { path: 'nodes/index.html', content: allNodes(audit) }
  for (const node of audit.nodes)
    yield { path: `nodes/${fileNameFor(node.name)}.html`, content: renderPage('node', nodePage(audit, node)) }
}

const common = (audit: Audit) => ({
  run: audit.run,
  verdict: audit.verdict,
  fold: foldNames,
  policyLines: comparisonWords,
  time: isoMinute,
  duration,
  number: withCommas,
  commands: commandsToHtml,
  remedies: remediesHere,
  label: statusLabel,
  failure: failureHeadline,
  href,
})

const frontPage = (audit: Audit) => {
  const rows = audit.nodes.map(node => nodeRow(audit, node))
  const isLarge = rows.length > frontPageNodes
  const listed = isLarge
    ? rows.filter(({ standing }) => standing !== 'healthy').slice(0, frontPageRows)
    : rows
  return {
    ...common(audit),
    title: `sefleet: ${summaryLine(audit)}`,
    summary: summaryLine(audit),
    counts: countStandings(audit),
    blocks: blocksOf(audit).map((block, index, all) => ({
      ...block,
      anchor: anchorOf(block, all.slice(0, index)),
      accepted: waivedWords(block.problem),
      lines: linesOf(block.problem, audit),
      ladder: ladderOf(block.problem, audit),
    })),
    waivers: audit.waivers,
    unknown: groupReasons(audit, 'unknown'),
    notApplicable: groupReasons(audit, 'not-applicable'),
    missing: missingRows(audit),
    answered: audit.nodes.length - audit.nodes.filter(({ status }) => status === 'missing').length,
    matrix: matrixOf(audit),
    cohorts: audit.cohorts.slice(0, cohortsShown),
    cohortsLeft: audit.cohorts.slice(cohortsShown),
    rows: listed,
    total: rows.length,
    isLarge,
    notes: audit.notes,
    hostKeyWords: hostKeyWords(audit),
    hostKeys: hostKeyRows(audit),
    outliers: outlierRows(audit),
    policies: audit.policies.slice(0, policiesShown).map(policy => ({
      ...policy,
      standing: standingAmong(audit, policy),
    })),
    baseline: audit.baseline,
    changedFacts: changeRows(audit, 'facts'),
    changedChecks: changeRows(audit, 'checks'),
    policiesLeft: Math.max(0, audit.policies.length - policiesShown),
    denials: groupDenials(audit),
    byHand: audit.checks.map(({ id, title, byHand }) => ({ id, title, byHand })),
  }
}

// What is waived on some nodes and not on others has two blocks; the one that counts has the check's own anchor.
const anchorOf = ({ problem: { check } }: Block, before: readonly Block[]): string =>
  before.some(({ problem }) => problem.check.id === check.id) ? `${check.id}-waived` : check.id

const cohortsShown = 12
const policiesShown = 40

const standingAmong = (
  { policies }: Audit,
  { os, sha256, nodes }: AuditPolicy,
): 'only' | 'most' | 'as-many' => {
  const others = policies.filter(one => one.os === os && one.sha256 !== sha256)
  if (others.length === 0) return 'only'
  return others.some(one => one.nodes.length >= nodes.length) ? 'as-many' : 'most'
}

/** Failing checks first, then unjudged, then the rest; a cell per cohort. */
const matrixOf = (audit: Audit) => {
  const shown = audit.cohorts.slice(0, cohortsShown)
  return audit.checks
    .map((check, column) => ({
      check,
      cells: shown.map(({ statuses: vector, severities }) => ({
        status: vector[column] ?? 'unknown',
        severity: severities[column] ?? check.severity,
      })),
      rank: rank(audit.cohorts.map(({ statuses: vector }) => vector[column] ?? 'unknown')),
    }))
    .toSorted((a, b) => a.rank - b.rank || bySeverity(a.check.severity, b.check.severity))
}

const rank = (cells: readonly Status[]): number =>
  Math.min(...cells.map(status => statuses.indexOf(status)), statuses.length)

const nodeRow = (audit: Audit, node: NodeAudit) => {
  const count = (status: Status) =>
    node.outcomes.filter(one => one.status === status && one.severity !== 'info').length
  return { node, standing: standingOf(node, audit), failing: count('fail'), unknown: count('unknown') }
}

const withHint = (node: NodeAudit) => ({
  ...node,
  hint: node.error && hintOf(node.error),
})

const nodePage = (audit: Audit, node: NodeAudit) => {
  const pairs = audit.checks
    .map((check, column) => ({ check, outcome: node.outcomes[column] }))
    .filter((pair): pair is { check: CheckInfo; outcome: Outcome } => pair.outcome !== undefined)
    .toSorted(
      (a, b) =>
        statuses.indexOf(a.outcome.status) - statuses.indexOf(b.outcome.status) ||
        bySeverity(a.outcome.severity, b.outcome.severity) ||
        // causes before what they cause
        Number(a.outcome.consequenceOf !== undefined) - Number(b.outcome.consequenceOf !== undefined),
    )
  return {
    ...common(audit),
    title: `${node.name}: sefleet`,
    node: withHint(node),
    standing: standingOf(node, audit),
    pairs,
    counts: statuses.map(status => ({
      status,
      count: pairs.filter(({ outcome }) => outcome.status === status).length,
    })),
    packages: (node.facts.packages ?? [])
      .toSorted((a, b) => (b.installedAt ?? 0) - (a.installedAt ?? 0))
      .slice(0, 60),
  }
}

function* allNodes(audit: Audit): Iterable<string> {
  // One template, filled in slices, so that a large fleet is never one string.
  const slice = 500
  for (let from = 0; from < audit.nodes.length; from += slice)
    yield renderPage('nodes', {
      ...common(audit),
      title: `All ${audit.nodes.length} nodes: sefleet`,
      total: audit.nodes.length,
      isFirst: from === 0,
      isLast: from + slice >= audit.nodes.length,
      rows: audit.nodes.slice(from, from + slice).map(node => nodeRow(audit, node)),
    })
}

/** The page of a node, seen from the front page. */
const href = (name: string): string => `nodes/${encodeURIComponent(fileNameFor(name))}.html`

const withCommas = (value: number): string => value.toLocaleString('en-US')

const labels: Readonly<Record<Status | Standing, string>> = {
  fail: 'fails',
  unknown: 'unknown',
  pass: 'passes',
  'not-applicable': 'n/a',
  failing: 'failing',
  known: 'failing, known',
  asked: 'failing, first asked',
  waived: 'failing, waived',
  below: 'failing below the gate',
  foreign: 'containers not judged',
  missing: 'missing',
  healthy: 'healthy',
}
const statusLabel = (status: Status | Standing): string => labels[status]
