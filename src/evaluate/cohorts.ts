import type { CheckInfo, Cohort, NodeAudit } from '../model/audit.ts'
import type { Outcome, Status } from '../model/outcome.ts'
import { bySeverity, severities, type Severity } from '../model/severity.ts'

/** Groups nodes by their vector of (check, status), worst first; missing nodes are in none. */
export const cohortsOf = (nodes: readonly NodeAudit[], checks: readonly CheckInfo[]): readonly Cohort[] => {
  const groups = new Map<string, NodeAudit[]>()
  for (const node of nodes) {
    if (node.status === 'missing') continue
    const vector = node.outcomes.map(({ status }) => status).join(' ')
    const members = groups.get(vector)
    if (members) members.push(node)
    else groups.set(vector, [node])
  }
  return [...groups.values()]
    .map(members => ({ members, weight: weightOf(members[0]?.outcomes ?? []) }))
    .toSorted(
      (a, b) =>
        compareWeights(b.weight, a.weight) ||
        b.members.length - a.members.length ||
        compareNames(a.members, b.members),
    )
    .map(({ members }, index) => ({
      id: `c${index + 1}`,
      nodes: members.map(({ name }) => name),
      statuses: checks.map((_, column): Status => members[0]?.outcomes[column]?.status ?? 'unknown'),
      severities: checks.map(({ severity }, column) => worst(members, column) ?? severity),
    }))
}

// Failures by severity, then unknowns by severity: [critical fails, high fails, …, critical unknowns, …]
const weightOf = (outcomes: readonly Outcome[]): readonly number[] =>
  (['fail', 'unknown'] as const).flatMap(status =>
    severities.map(
      severity => outcomes.filter(one => one.status === status && one.severity === severity).length,
    ),
  )

const compareWeights = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((weight, index) => weight !== b[index])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}

const worst = (members: readonly NodeAudit[], column: number): Severity | undefined =>
  members
    .map(({ outcomes }) => outcomes[column]?.severity)
    .filter(severity => severity !== undefined)
    .toSorted(bySeverity)[0]

const compareNames = (a: readonly NodeAudit[], b: readonly NodeAudit[]): number =>
  (a[0]?.name ?? '') < (b[0]?.name ?? '') ? -1 : 1
