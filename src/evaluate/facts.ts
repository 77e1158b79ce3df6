import { denialAsks, denialsAsk, judgeDenials } from '../checks/judged-denials.ts'
import { nextBootAsk } from '../checks/next-boot.ts'
import { selinuxAsk } from '../checks/no-selinux.ts'
import { podProcesses } from '../checks/pods.ts'
import { policyPackagesAsk } from '../checks/policy-packages.ts'
import { fileContextsAsk, watchedFilesAsk } from '../checks/watched-files.ts'
import { versionsAsk } from '../checks/runtimes.ts'
import { systemOf } from '../checks/way-back.ts'
import { whosePolicy } from '../checks/whose-policy.ts'
import type { Ask, ReadAsk } from '../model/ask.ts'
import type { NodeAudit, NodeFacts } from '../model/audit.ts'
import type { Knowledge } from '../model/check.ts'
import type { NodeRecord } from '../model/record.ts'

const osAsk = { probe: 'os', params: {} } as const
const policyFilesAsk = { probe: 'policy-files', params: {} } as const

/** Asked whatever the profiles are: what the report shows of each node, and what a later comparison needs. */
export const factAsks = (knowledge: Knowledge): readonly Ask[] => [
  osAsk,
  selinuxAsk,
  policyFilesAsk,
  policyPackagesAsk(knowledge),
  nextBootAsk(knowledge),
  { probe: 'modules', params: {} },
  { probe: 'booleans', params: {} },
  { probe: 'processes', params: {} },
  versionsAsk(knowledge),
  watchedFilesAsk(knowledge),
  fileContextsAsk(knowledge),
  ...denialAsks(knowledge),
]

/** The facts shown beside a node; what could not be read is absent. */
export const factsOf = (read: ReadAsk, record: NodeRecord, knowledge: Knowledge): NodeFacts => {
  const owner = whosePolicy(read, knowledge)
  const os = read(osAsk)
  const selinux = read(selinuxAsk)
  const policy = read(policyFilesAsk)
  const packages = read(policyPackagesAsk(knowledge))
  return {
    ...(os.state === 'read'
      ? {
          os: os.value.name,
          ...systemOf(read, knowledge),
          kernel: os.value.kernel,
          ...(os.value.bootedAt === undefined ? {} : { bootedAt: os.value.bootedAt }),
        }
      : {}),
    ...(selinux.state === 'read'
      ? {
          mode: selinux.value.running,
          ...(selinux.value.policyName === undefined ? {} : { policy: selinux.value.policyName }),
        }
      : {}),
    ...(policy.state === 'read' && policy.value.loaded.state === 'read'
      ? { policySha256: policy.value.loaded.sha256 }
      : {}),
    ...(packages.state === 'read'
      ? {
          packages: packages.value.packages.map(({ name, version, release, installedAt }) => ({
            name,
            version: release === '' ? version : `${version}-${release}`,
            ...(installedAt === undefined ? {} : { installedAt }),
          })),
        }
      : {}),
    ...(record.euid === undefined ? {} : { euid: record.euid }),
    ...(record.notRoot ? { notRoot: record.notRoot } : {}),
    // Said where there are containers that are not judged because of it.
    ...(owner.state === 'foreign' && podProcesses(read).count > 0 ? { foreignPolicy: owner.reason } : {}),
  }
}

/** The node's denials, judged active or past, and which log said so. */
export const denialsOf = (read: ReadAsk, knowledge: Knowledge): Pick<NodeAudit, 'denials' | 'denialLog'> => {
  const log = read(denialsAsk)
  if (log.state !== 'read') return { denials: [] }
  const since = log.coverage?.since
  return {
    denials: judgeDenials(log.value, read, knowledge),
    denialLog: {
      source: log.value.source,
      ...(log.coverage?.complete === false ? { isPartial: true } : {}),
      ...(since === undefined ? {} : { since }),
      ...(log.value.policyLoadedAt === undefined ? {} : { policyLoadedAt: log.value.policyLoadedAt }),
      ...(log.value.modeChangedAt === undefined ? {} : { modeChangedAt: log.value.modeChangedAt }),
    },
  }
}
