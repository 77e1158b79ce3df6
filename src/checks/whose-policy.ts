import type { Ask, ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { PackageTable } from '../model/facts.ts'
import { isComplete } from '../model/reading.ts'
import { selinuxAsk } from './no-selinux.ts'
import { policyPackagesAsk } from './policy-packages.ts'

const osAsk = { probe: 'os', params: {} } as const
const modulesAsk = { probe: 'modules', params: {} } as const
const processesAsk = { probe: 'processes', params: {} } as const

/** What says whose a policy is, but for the policy itself. */
export const ownerAsks = (knowledge: Pick<Knowledge, 'packages'>): readonly Ask[] => [
  selinuxAsk,
  osAsk,
  policyPackagesAsk(knowledge),
  modulesAsk,
  processesAsk,
]

/**
 * Whose policy a node has. `known`: one with the types of containers. `lost`: one that had them. `foreign`: one that never had them.
 * `never-installed`: one that would have them if the package were there. `unsure`: what could tell was not read.
 */
export type PolicyOwner =
  | { readonly state: 'known' | 'lost' }
  | { readonly state: 'unsure'; readonly reason: string; readonly mayBeForeign: boolean }
  | { readonly state: 'foreign'; readonly policy: string; readonly reason: string }
  | { readonly state: 'never-installed' }

/** `isMissing`: a type of containers is known to be missing already. Foreign only where everything that could say otherwise was read. */
export const whosePolicy = (read: ReadAsk, knowledge: Knowledge, isMissing = false): PolicyOwner => {
  const { containerPolicies: data } = knowledge
  const [selinux, os] = [read(selinuxAsk), read(osAsk)]
  const policy = selinux.state === 'read' && isComplete(selinux) ? selinux.value.policyName : undefined
  const system = os.state === 'read' && isComplete(os) ? os.value : undefined
  if (selinux.state === 'read' && ['absent', 'disabled'].includes(selinux.value.running))
    return { state: 'unsure', reason: 'SELinux does not run here', mayBeForeign: false }
  const image =
    policy !== undefined &&
    data.images.some(one => one.os.includes(system?.id ?? '') && one.policies.includes(policy))
  if (image) return foreign(policy)
  const said = isMissing ? 'missing' : saidOf(read, data)
  const brought = broughtBy(read, knowledge)
  const isExtended =
    policy !== undefined && system && data.extended.includes(policy) && !data.notOn.includes(system.id)
  const isNamed = policy !== undefined && system !== undefined
  // Unread, what would say that it is an image with a policy of its own may say so.
  if (said === 'there' && (isNamed || brought === 'something')) return { state: 'known' }
  if (said === 'missing' && brought === 'something') return { state: 'lost' }
  if (said !== 'missing' || brought === 'untold' || !isNamed)
    return {
      state: 'unsure',
      reason: 'whether this policy has, or had, container types could not be read',
      mayBeForeign: !isExtended && brought !== 'something',
    }
  return isExtended ? { state: 'never-installed' } : foreign(policy)
}

/** Whether the policy is, by its name and its system, one that container-selinux extends; false where that could not be read. */
export const isExtended = (read: ReadAsk, data: Knowledge['containerPolicies']): boolean => {
  const [selinux, os] = [read(selinuxAsk), read(osAsk)]
  const policy = selinux.state === 'read' ? selinux.value.policyName : undefined
  return (
    policy !== undefined &&
    os.state === 'read' &&
    data.extended.includes(policy) &&
    !data.notOn.includes(os.value.id) &&
    !data.images.some(one => one.os.includes(os.value.id))
  )
}

const foreign = (policy: string): PolicyOwner => ({
  state: 'foreign',
  policy,
  reason: `this policy has no container types (${policy}): sefleet does not know how privileged containers look here`,
})

type Said = 'there' | 'missing' | 'untold'

const saidOf = (read: ReadAsk, { asks }: Knowledge['containerPolicies']): Said => {
  const said = new Set(
    asks.map((ask): Said => {
      const reading = ask.probe === 'allow' ? read(ask) : read(ask)
      if (reading.state === 'unreadable') return 'untold'
      if (reading.value.state === 'known') return 'there'
      return reading.value.what === 'type' ? 'missing' : 'untold'
    }),
  )
  return said.has('missing') ? 'missing' : said.has('untold') ? 'untold' : 'there'
}

// A package, or a module in the store, says that the types were there or ought to be; so do pods whose own type is gone.
const broughtBy = (read: ReadAsk, knowledge: Knowledge): 'something' | 'nothing' | 'untold' => {
  const {
    policyModules,
    containerPolicies: { unmapped },
  } = knowledge
  const [packages, modules, table] = [
    read(policyPackagesAsk(knowledge)),
    read(modulesAsk),
    read(processesAsk),
  ]
  const isDue = (found: PackageTable): boolean =>
    policyModules.some(one => found.packages.some(({ name }) => name === one.package))
  if (packages.state === 'read' && isDue(packages.value)) return 'something'
  const stored = modules.state === 'read' ? modules.value.modules : []
  if (policyModules.some(one => stored.some(({ name }) => name === one.module))) return 'something'
  const { processes, others } = table.state === 'read' ? table.value : { processes: [], others: [] }
  if (
    processes.some(({ pod, context }) => pod && context !== undefined && unmapped.includes(context.type)) ||
    others.some(({ type, pods }) => pods > 0 && unmapped.includes(type))
  )
    return 'something'
  return isComplete(packages) && isComplete(modules) && isComplete(table) ? 'nothing' : 'untold'
}
