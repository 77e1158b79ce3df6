import type { NodeRecord } from '../model/record.ts'
import { memoisedReader } from './read-record.ts'

const ask = { probe: 'policy-files', params: {} } as const

/** The sha256 of the policies that a node had: the loaded one and those installed; undefined where it could not say. */
export const policiesOf = (
  record: NodeRecord,
):
  | {
      readonly loaded?: string
      readonly installed: readonly { readonly path: string; readonly sha256: string }[]
    }
  | undefined => {
  const reading = memoisedReader([ask])(record)(ask)
  return reading.state === 'read' ? reading.value : undefined
}
