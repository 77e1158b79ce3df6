import type { NodeAudit } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'

/** Nodes with containers under a policy that does not know them: what is not judged there is told, for no check fails because of it. */
export const foreignPolicyNotes = (nodes: readonly NodeAudit[]): readonly string[] => {
  const byReason = new Map<string, string[]>()
  for (const { name, facts, outcomes } of nodes) {
    const { foreignPolicy } = facts
    if (foreignPolicy === undefined || !outcomes.some(({ reason }) => reason?.includes(foreignPolicy)))
      continue
    const group = byReason.get(foreignPolicy)
    if (group) group.push(name)
    else byReason.set(foreignPolicy, [name])
  }
  return [...byReason].map(
    ([reason, names]) =>
      `${foldNames(names.slice(0, 200))}: ${reason}; a profile may say it (componentTypes), until then containers are not judged there`,
  )
}
