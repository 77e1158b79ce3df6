import type { NodeAudit } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'
import { isMoment } from '../model/ranges.ts'
import type { NodeRecord } from '../model/record.ts'

/** Less than this may be the time it took to get through to the node. */
const noticeable = 60

/** Seconds that a node’s clock was ahead of this machine’s when it was asked; undefined where they agree, or it did not say. */
export const clockAhead = ({ clock, askedAt }: Pick<NodeRecord, 'clock' | 'askedAt'>): number | undefined => {
  if (!clock || !isMoment(clock.epoch)) return undefined
  const ahead = Math.round(clock.epoch - askedAt / 1000)
  return Math.abs(ahead) < noticeable ? undefined : ahead
}

/** Seconds after which a clock is told on the front page: what depends on the time goes wrong on such a node. */
const farOff = 86_400

/** Why a node’s clock cannot be believed; undefined where it can, or where the node did not say. */
export const clockDoubt = (record: Pick<NodeRecord, 'clock' | 'askedAt'>): string | undefined => {
  if (record.clock && !isMoment(record.clock.epoch)) return 'the node’s clock tells a time that can be none'
  const ahead = clockAhead(record) ?? 0
  if (Math.abs(ahead) < farOff) return undefined
  const days = Math.floor(Math.abs(ahead) / farOff)
  const off = `${days.toLocaleString('en-US')} ${days === 1 ? 'day' : 'days'}`
  return `the node’s clock is ${off} ${ahead > 0 ? 'ahead' : 'behind'}`
}

/** A sentence on nodes whose clocks are a day off and more, or say what no clock can; none where there are none. */
export const clockNotes = (
  nodes: readonly Pick<NodeAudit, 'name' | 'clockAhead'>[],
  nonsense: readonly string[],
): readonly string[] => {
  const far = nodes.filter(({ clockAhead: ahead = 0 }) => Math.abs(ahead) >= farOff).map(({ name }) => name)
  return [
    ...(far.length > 0
      ? [
          `the clock is off by a day or more on ${foldNames(far)}: certificates and logs are judged wrongly there`,
        ]
      : []),
    ...(nonsense.length > 0
      ? [`the clock tells a time that can be none on ${foldNames(nonsense)}: nothing is set right by it`]
      : []),
  ]
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
