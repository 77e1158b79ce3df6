import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { Denial } from '../model/denial.ts'
import { mountsOn, volumeAt } from './denied-place.ts'
import { mountsAsk } from './runtimes.ts'

const mostTold = 3

/** Where what was refused lies, as the mount table of the node says it of the devices in the records: the volume and its pod, if it is one. */
export const mountsOf = (
  { devices = [] }: Pick<Denial, 'devices'>,
  read: ReadAsk,
  knowledge: Pick<Knowledge, 'runtimes'>,
): readonly string[] => {
  const table = read(mountsAsk(knowledge))
  if (table.state !== 'read') return []
  return devices
    .flatMap(device => {
      const found = mountsOn(device, table.value)
      // Several of FUSE are several file systems.
      if (device === 'fuse' && found.length > 1) return []
      // A volume is mounted for its driver too: the pod's own says more.
      const own = found.find(({ target }) => volumeAt(target)?.includes(' of the pod ')) ?? found[0]
      if (!own) return []
      const volume = volumeAt(own.target, own.source)
      return [`${device} is mounted at ${own.target}${volume === undefined ? '' : `: ${volume}`}`]
    })
    .slice(0, mostTold)
}
