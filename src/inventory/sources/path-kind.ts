import { statSync } from 'node:fs'
import { SefleetError } from '../../errors.ts'

/**
 * What lies at a path, links followed; undefined where nothing does. `shown` is how messages name it. Throws
 * `inventory-unreadable` where that can't be found out: no permission, links in a circle.
 */
export const pathKind = (path: string, shown: string): 'file' | 'folder' | undefined => {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    // Some never end, and a terminal would wait for somebody to type.
    if (stats?.isCharacterDevice() || stats?.isBlockDevice()) throw new Error('it is a device')
    return stats?.isDirectory() ? 'folder' : stats && 'file'
  } catch (cause) {
    // A long list of hosts is too long for a name, so no file has it.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENAMETOOLONG') return undefined
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SefleetError('inventory-unreadable', `'${shown}' can't be read: ${why}`, { cause })
  }
}
