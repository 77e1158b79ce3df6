import type { NodeAudit, Verdict } from '../model/audit.ts'
import { gates, type GateLevel } from '../model/severity.ts'

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
    outcomes.filter(({ severity }) => gates(severity, gate)).map(outcome => ({ name, outcome })),
  )
  const failing = gating.filter(({ outcome }) => outcome.status === 'fail')
  const unknown = gating.filter(({ outcome }) => outcome.status === 'unknown')
  const missing = nodes.filter(({ status }) => status === 'missing').length
  const allowedMissing =
    'nodes' in allowMissing ? allowMissing.nodes : Math.floor((nodes.length * allowMissing.percent) / 100)
  // A run in which nobody answered has shown nothing, whatever was allowed.
  const tooMany = missing > allowedMissing || missing === nodes.length
  const reasons = [
    ...(failing.length > 0
      ? [
          `${counted(distinct(failing.map(({ outcome }) => outcome.check)), `${worstOf(failing)} check`)} ${plural(distinct(failing.map(({ outcome }) => outcome.check)), 'fails', 'fail')} on ${counted(distinct(failing.map(({ name }) => name)), 'node')}`,
        ]
      : []),
    ...(unknown.length > 0
      ? [
          `${counted(distinct(unknown.map(({ outcome }) => outcome.check)), 'check')} could not be judged on ${counted(distinct(unknown.map(({ name }) => name)), 'node')}`,
        ]
      : []),
    ...(missing > 0
      ? [`${counted(missing, 'node')} missing${tooMany ? '' : ` (${allowedMissing} allowed)`}`]
      : []),
  ]
  const exit = failing.length > 0 ? 1 : unknown.length > 0 || tooMany ? 3 : 0
  return {
    gate,
    exit,
    reasons: reasons.length > 0 ? reasons : [`no finding at ${gate} or above`],
    allowedMissing: tooMany && missing === nodes.length ? 0 : allowedMissing,
  }
}

const distinct = (values: readonly string[]): number => new Set(values).size
const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many)
const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

// "critical" when all failing ones are; nothing when they differ.
const worstOf = (failing: readonly { readonly outcome: { readonly severity: string } }[]): string => {
  const kinds = new Set(failing.map(({ outcome }) => outcome.severity))
  return kinds.size === 1 ? ([...kinds][0] ?? '') : 'gating'
}
