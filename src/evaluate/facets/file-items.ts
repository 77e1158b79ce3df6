import type { FileFact } from '../../model/facts.ts'
import type { FacetItems } from '../../model/facet.ts'

/** Files by the beginning of their digest: enough to tell two contents apart. */
export const fileItems = (files: readonly FileFact[]): FacetItems =>
  files.flatMap(file => {
    if (file.state !== 'present' || file.sha256 === undefined) return []
    const since = file.changedAt === undefined ? {} : { since: file.changedAt }
    return [[file.path, { value: file.sha256.slice(0, 12), ...since }] as const]
  })

/** Whether every file that is there could be read: one that may not be looked at is not one that is gone. */
export const sawFiles = (files: readonly FileFact[]): boolean =>
  files.every(file => file.state === 'absent' || (file.state === 'present' && file.sha256 !== undefined))
