import type { NodeAudit } from '../model/audit.ts'
import type { JudgedDenial } from '../model/denial.ts'
import type { Single } from './fold.ts'

/**
 * Denials that began or ended between two runs of a node, by source, target and class: how often each was seen differs every
 * night and says nothing. None where either log could not be read: what was not seen has neither begun nor ended.
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
      return old === fresh ? [] : [{ node, subject, change: 'changed', before: old, after: fresh }]
    }
    if (is) return [{ node, subject, change: 'appeared', after: permissionsOf(is), since: is.firstSeen }]
    return was ? [{ node, subject, change: 'fixed', before: permissionsOf(was) }] : []
  })
}

const active = (denials: readonly JudgedDenial[]): ReadonlyMap<string, JudgedDenial> =>
  new Map(denials.filter(one => one.active).map(one => [`${one.source} → ${one.target}:${one.class}`, one]))

const permissionsOf = ({ permissions }: JudgedDenial): string => permissions.join(' ')
