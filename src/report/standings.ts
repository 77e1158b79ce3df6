import type { Audit, NodeAudit } from '../model/audit.ts'
import { gatesAt, isBroken } from '../model/gate.ts'
import { gates } from '../model/severity.ts'
import { unjudgedContainers } from '../model/unjudged-containers.ts'
import { isoMinute } from './moments.ts'

/**
 * Where a node stands, worst last: what the headline counts. `known`, `asked`, `waived`: something fails at the gate’s severity
 * there, and does not count. `below`: something fails that weighs less than the gate asks. `foreign`: its containers run under a
 * policy that does not know them, so nothing was said of them.
 */
export const standings = [
  'healthy',
  'foreign',
  'below',
  'failing',
  'known',
  'asked',
  'waived',
  'unknown',
  'missing',
] as const
export type Standing = (typeof standings)[number]

/** Where a node stands at the gate. Healthy is only one where nothing fails that has a weight, and what was asked could be judged. */
export const standingOf = (node: NodeAudit, { verdict: { gate } }: Audit): Standing => {
  if (node.status === 'missing') return 'missing'
  const gating = node.outcomes.filter(outcome => gatesAt(outcome, gate))
  if (gating.some(({ status }) => status === 'fail')) return 'failing'
  if (gating.some(({ status }) => status === 'unknown') || isBroken(node)) return 'unknown'
  const failing = node.outcomes.filter(({ status, severity }) => status === 'fail' && severity !== 'info')
  const aside = failing.filter(({ severity }) => gates(severity, gate))
  const open = aside.filter(({ waived }) => waived === undefined)
  if (open.some(one => one.known === 'failed-before')) return 'known'
  if (open.some(one => one.known === 'not-asked-before')) return 'asked'
  if (aside.length > 0) return 'waived'
  if (failing.some(({ waived }) => waived === undefined)) return 'below'
  // It was lost before it had said everything: what is missing weighs less than the gate asks, and is not seen for that.
  if (node.status === 'partial' && node.outcomes.some(({ status }) => status === 'unknown')) return 'unknown'
  return unjudgedContainers(node) === undefined ? 'healthy' : 'foreign'
}

/** How many nodes stand where. */
export const countStandings = (audit: Audit): Readonly<Record<Standing, number>> => {
  const counts = {
    healthy: 0,
    foreign: 0,
    below: 0,
    failing: 0,
    known: 0,
    asked: 0,
    waived: 0,
    unknown: 0,
    missing: 0,
  } satisfies Record<Standing, number>
  for (const node of audit.nodes) counts[standingOf(node, audit)] += 1
  return counts
}

/** "12 nodes: 7 healthy, 4 failing, 1 missing" */
export const summaryLine = (audit: Audit): string => {
  const counts = countStandings(audit)
  const { baseline } = audit
  const earlier =
    baseline?.state === 'compared' ? `run ${baseline.run} (${isoMinute(baseline.startedAt / 1000)})` : ''
  const words: Readonly<Record<Standing, string>> = {
    healthy: 'healthy',
    foreign: 'with containers not judged (the policy does not know them)',
    below: `failing below ${audit.verdict.gate}`,
    failing: 'failing',
    known: `failing, known since ${earlier} or before`,
    asked: `failing, not asked for in ${earlier}`,
    waived: 'failing, waived',
    unknown: 'not judged',
    missing: 'missing',
  }
  const parts = standings.filter(key => counts[key] > 0).map(key => `${counts[key]} ${words[key]}`)
  return `${audit.nodes.length} ${audit.nodes.length === 1 ? 'node' : 'nodes'}: ${parts.join(', ')}`
}
