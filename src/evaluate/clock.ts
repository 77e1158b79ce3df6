import type { NodeAudit } from '../model/audit.ts'
import type { NodeRecord } from '../model/record.ts'

/** Less than this may be the time it took to get through to the node. */
const noticeable = 60

/** Seconds that a node’s clock was ahead of this machine’s when it was asked; undefined where they agree, or it did not say. */
export const clockAhead = ({ clock, askedAt }: NodeRecord): number | undefined => {
  if (!clock) return undefined
  const ahead = Math.round(clock.epoch - askedAt / 1000)
  return Math.abs(ahead) < noticeable ? undefined : ahead
}

/** Its moments by this machine’s clock: those of a fleet are compared, and a node’s clock may be hours off. */
export const onOurClock = (node: NodeAudit): NodeAudit => {
  const { clockAhead: ahead, facts, denialLog } = node
  if (ahead === undefined) return node
  const { bootedAt, packages } = facts
  return {
    ...node,
    facts: {
      ...facts,
      ...(bootedAt === undefined ? {} : { bootedAt: bootedAt - ahead }),
      ...(packages
        ? {
            packages: packages.map(one =>
              one.installedAt === undefined ? one : { ...one, installedAt: one.installedAt - ahead },
            ),
          }
        : {}),
    },
    denials: node.denials.map(one => ({
      ...one,
      firstSeen: one.firstSeen - ahead,
      lastSeen: one.lastSeen - ahead,
    })),
    ...(denialLog
      ? {
          denialLog: {
            ...denialLog,
            ...(denialLog.since === undefined ? {} : { since: denialLog.since - ahead }),
            ...(denialLog.policyLoadedAt === undefined
              ? {}
              : { policyLoadedAt: denialLog.policyLoadedAt - ahead }),
            ...(denialLog.modeChangedAt === undefined
              ? {}
              : { modeChangedAt: denialLog.modeChangedAt - ahead }),
          },
        }
      : {}),
  }
}
