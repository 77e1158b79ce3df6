import type { NodeAudit, Verdict } from '../model/audit.ts'
import type { Outcome } from '../model/outcome.ts'
import { gatesAt, isBroken } from '../model/gate.ts'
import { bySeverity, gates, severities, type GateLevel, type Severity } from '../model/severity.ts'

/** `--allow-missing N|P%`. */
export type AllowMissing = { readonly nodes: number } | { readonly percent: number }

/**
 * The exit code and why: 1 a failing check at the gate; 3 none, but unknown ones there or more nodes missing than
 * allowed; else 0. Exit 0 exactly when the JUnit file holds neither failure nor error.
 */
export const verdictOf = (
  nodes: readonly NodeAudit[],
  { gate, allowMissing }: { readonly gate: GateLevel; readonly allowMissing: AllowMissing },
): Verdict => {
  const gating = nodes.flatMap(({ name, outcomes }) =>
    outcomes.filter(outcome => gatesAt(outcome, gate)).map(outcome => ({ name, outcome })),
  )
  const failing = gating.filter(({ outcome }) => outcome.status === 'fail')
  const unknown = gating.filter(({ outcome }) => outcome.status === 'unknown')
  const missing = nodes.filter(({ status }) => status === 'missing').length
  const allowedMissing =
    'nodes' in allowMissing ? allowMissing.nodes : Math.floor((nodes.length * allowMissing.percent) / 100)
  // A run in which nobody answered has shown nothing, whatever was allowed.
  const tooMany = missing > allowedMissing || missing === nodes.length
  const broken = nodes.filter(isBroken).length
  const reasons = [
    ...(failing.length > 0
      ? [`${bySort(failing)} ${plural(failing, 'fails', 'fail')} on ${nodesOf(failing)}`]
      : []),
    ...(unknown.length > 0 ? [`${bySort(unknown)} could not be judged on ${nodesOf(unknown)}`] : []),
    ...(broken > 0 ? [`a bug of sefleet was met on ${counted(broken, 'node')}`] : []),
    ...setAside(nodes, gate),
    ...(missing > 0
      ? [`${counted(missing, 'node')} missing${tooMany ? '' : ` (${allowedMissing} allowed)`}`]
      : []),
  ]
  const exit = failing.length > 0 ? 1 : unknown.length > 0 || tooMany || broken > 0 ? 3 : 0
  return {
    gate,
    exit,
    reasons:
      exit === 0
        ? [`no finding at ${gate} or above${reasons.length > 0 ? ' that counts' : ''}`, ...reasons]
        : reasons,
    allowedMissing: tooMany && missing === nodes.length ? 0 : allowedMissing,
  }
}

// Failures that would gate and do not, so that a green exit does not hide them.
const setAside = (nodes: readonly NodeAudit[], gate: GateLevel): readonly string[] => {
  const failing = nodes.flatMap(({ outcomes }) =>
    outcomes.filter(({ status, severity }) => status === 'fail' && gates(severity, gate)),
  )
  const waived = failing.filter(one => one.waived !== undefined).length
  const known = failing.filter(one => one.waived === undefined && one.known === 'failed-before').length
  const asked = failing.filter(one => one.waived === undefined && one.known === 'not-asked-before').length
  return [
    ...(waived > 0 ? [`${counted(waived, 'failure')} waived`] : []),
    ...(known > 0 ? [`${counted(known, 'failure')} as in the earlier run`] : []),
    ...(asked > 0 ? [`${counted(asked, 'failure')} that the earlier run did not ask for`] : []),
  ]
}

interface Gating {
  readonly name: string
  readonly outcome: Outcome
}
const distinct = (values: readonly string[]): number => new Set(values).size
const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
const nodesOf = (all: readonly Gating[]): string => counted(distinct(all.map(({ name }) => name)), 'node')
const plural = (all: readonly Gating[], one: string, many: string): string =>
  distinct(all.map(({ outcome }) => outcome.check)) === 1 ? one : many

// "2 critical and 1 high check": a check counts once, by the worst it is anywhere.
const bySort = (all: readonly Gating[]): string => {
  const worst = new Map<string, Severity>()
  for (const { outcome } of all.toSorted((a, b) => bySeverity(b.outcome.severity, a.outcome.severity)))
    worst.set(outcome.check, outcome.severity)
  const counts = severities
    .map(severity => ({ severity, count: [...worst.values()].filter(one => one === severity).length }))
    .filter(({ count }) => count > 0)
  const last = counts.at(-1)?.count ?? 0
  return `${counts.map(({ severity, count }) => `${count} ${severity}`).join(' and ')} ${last === 1 ? 'check' : 'checks'}`
}
