import type { NodeAudit } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'
import { unjudgedContainers } from '../model/unjudged-containers.ts'

/** Nodes with containers under a policy that does not know them: what is not judged there is told, for no check fails because of it. */
export const foreignPolicyNotes = (nodes: readonly NodeAudit[]): readonly string[] => {
  const byReason = new Map<string, string[]>()
  for (const node of nodes) {
    const reason = unjudgedContainers(node)
    if (reason === undefined) continue
    const group = byReason.get(reason)
    if (group) group.push(node.name)
    else byReason.set(reason, [node.name])
  }
  return [...byReason].map(
    ([reason, names]) =>
      `${foldNames(names.slice(0, 200))}: ${reason}; a profile may say it (componentTypes), until then containers are not judged there`,
  )
}
