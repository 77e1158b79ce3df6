import type { NodeAudit } from '../model/audit.ts'
import type { JudgedDenial } from '../model/denial.ts'
import type { Single } from './fold.ts'

/**
 * Denials that began, ended or grew between two runs of a node, by source, target and class. How often each was seen differs every
 * night and says nothing, but for one that multiplies. None where either log could not be read: what was not seen has neither begun nor ended.
 */
export const denialChanges = (
  node: string,
  before: Pick<NodeAudit, 'denials' | 'denialLog'>,
  after: Pick<NodeAudit, 'denials' | 'denialLog'>,
): readonly Single[] => {
  if (!before.denialLog || !after.denialLog) return []
  const [then, now] = [active(before.denials), active(after.denials)]
  const names = [...new Set([...then.keys(), ...now.keys()])].toSorted()
  return names.flatMap((name): Single[] => {
    const [was, is] = [then.get(name), now.get(name)]
    const subject = { type: 'denial', name } as const
    if (was && is) {
      const [old, fresh] = [permissionsOf(was), permissionsOf(is)]
      if (old !== fresh) return [{ node, subject, change: 'changed', before: old, after: fresh }]
      return isGrowing(was.count, is.count)
        ? [{ node, subject, change: 'changed', before: times(was.count), after: times(is.count) }]
        : []
    }
    if (is) return [{ node, subject, change: 'appeared', after: permissionsOf(is), since: is.firstSeen }]
    return was && reachesBack(was, before, after)
      ? [{ node, subject, change: 'fixed', before: permissionsOf(was) }]
      : []
  })
}

const active = (denials: readonly JudgedDenial[]): ReadonlyMap<string, JudgedDenial> =>
  new Map(denials.filter(one => one.active).map(one => [`${one.source} → ${one.target}:${one.class}`, one]))

// What another log, or one that is cut or younger, does not show has not ended.
const reachesBack = (
  { lastSeen }: JudgedDenial,
  { denialLog: before }: Pick<NodeAudit, 'denialLog'>,
  { denialLog: after }: Pick<NodeAudit, 'denialLog'>,
): boolean =>
  after?.source === before?.source &&
  !after?.isPartial &&
  (after?.since === undefined || after.since <= lastSeen)

/** Tenfold, and by hundreds: what a busier day does not do. */
const isGrowing = (before: number, after: number): boolean => after >= 10 * before && after - before >= 200

// Nodes share a change where they say the same: an order of magnitude.
const times = (count: number): string =>
  count < 10 ? 'a few times' : `about ${10 ** Math.floor(Math.log10(count))} times`

const permissionsOf = ({ permissions }: JudgedDenial): string => permissions.join(' ')
