import type { NodeAudit } from './audit.ts'

/** Why nothing was said of a node’s containers: its policy is another’s, and a check came to nothing because of it. */
export const unjudgedContainers = ({ facts, outcomes }: NodeAudit): string | undefined => {
  const { foreignPolicy } = facts
  return foreignPolicy !== undefined && outcomes.some(({ reason }) => reason?.includes(foreignPolicy))
    ? foreignPolicy
    : undefined
}
