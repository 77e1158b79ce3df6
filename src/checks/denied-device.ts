import type { ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { Denial } from '../model/denial.ts'
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
      const own = table.value.filter(({ source }) => source === `/dev/${device}`)
      // A volume is mounted for its driver too: the pod's own says more.
      const one = own.find(({ target }) => volumeIn(target) !== undefined) ?? own[0]
      return one ? [`${device} is mounted at ${one.target}${volumeIn(one.target) ?? ''}`] : []
    })
    .slice(0, mostTold)
}

// /var/lib/kubelet/pods/8a1f…/volumes/kubernetes.io~csi/pvc-8a1f/mount
const volumeIn = (target: string): string | undefined => {
  const [, pod, volume] =
    /\/pods\/([0-9a-f-]{8,64})\/volumes?[^/]*\/[^/]+\/([^/]+)(?:\/|$)/.exec(target) ?? []
  return pod === undefined || volume === undefined
    ? undefined
    : `: the volume ${volume} of the pod with the uid ${pod}`
}
