import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { NodeFacts } from '../model/audit.ts'
import { globMatches } from '../model/glob.ts'
import type { RollBack } from '../model/roll-back.ts'
import { nextBootAsk } from './next-boot.ts'

/** What of a node decides how its packages are changed. */
export type SystemFacts = Pick<NodeFacts, 'osId' | 'osLike' | 'osVersion' | 'updates' | 'managedBy'>

/** The same, as far as it could be read. Both questions are asked whatever the profiles are. */
export const systemOf = (read: ReadAsk, knowledge: Pick<Knowledge, 'packages'>): SystemFacts => {
  const os = read({ probe: 'os', params: {} })
  if (os.state !== 'read') return {}
  const { id, like, versionId, ostree, readOnlyRoot, machineConfig } = os.value
  const next = read(nextBootAsk(knowledge))
  // A root that is a snapshot and may be written to is updated in place; snapshots of it are made on the way.
  const isImage = readOnlyRoot === true && next.state === 'read' && 'system' in next.value
  return {
    osId: id,
    ...(like ? { osLike: like } : {}),
    ...(versionId === '' ? {} : { osVersion: versionId }),
    ...(ostree ? { updates: 'ostree' } : isImage ? { updates: next.value.system } : {}),
    ...(machineConfig ? { managedBy: 'machine-config' } : {}),
  }
}

/** How packages are changed on a system: the first that fits; undefined where none does. */
export const wayOf = (
  { osId, osLike = [], osVersion = '', updates, managedBy }: SystemFacts,
  ways: readonly RollBack[],
): RollBack | undefined => {
  if (osId === undefined) return undefined
  const names = [osId, ...osLike]
  return ways.find(
    way =>
      (way.managedBy === undefined || way.managedBy === managedBy) &&
      (way.updates === undefined || way.updates === updates) &&
      (way.os === undefined || way.os.some(glob => names.some(name => globMatches(glob, name)))) &&
      (way.versions === undefined || way.versions.some(glob => globMatches(glob, osVersion))),
  )
}
