import { forTerminalLine } from '../../model/printable.ts'
import { nameIn, rangeText } from '../names.ts'
import type { Context, Policy } from '../policy.ts'

/** What unlabelled objects get, one list per kind, as seinfo prints it; initial SIDs are in {@link initialSidNames}. */
export const fsUseStatements = (policy: Policy): string[] =>
  policy.contexts.fsUses.map(
    one => `fs_use_${one.behaviour} ${one.name} ${contextText(policy, one.context)};`,
  )

// Identifiers are visible ASCII (the reader refuses others); a path may hold anything.
export const genfsStatements = (policy: Policy): string[] =>
  policy.contexts.genfs.map(
    one =>
      `genfscon ${one.fs} ${forTerminalLine(one.path)} ${fileTypes.get(policy.classes.byValue[one.class]?.name ?? '') ?? ''} ${contextText(policy, one.context)}`,
  )

// the letters of file_contexts; without a class it is any
const fileTypes = new Map([
  ['file', '--'],
  ['dir', '-d'],
  ['chr_file', '-c'],
  ['blk_file', '-b'],
  ['sock_file', '-s'],
  ['fifo_file', '-p'],
  ['lnk_file', '-l'],
])

export const portStatements = (policy: Policy): string[] =>
  policy.contexts.ports.map(
    one =>
      `portcon ${protocols.get(one.protocol) ?? one.protocol} ${span(one.low, one.high)} ${contextText(policy, one.context)}`,
  )

const protocols = new Map([
  [6, 'tcp'],
  [17, 'udp'],
  [33, 'dccp'],
  [132, 'sctp'],
])

const span = (low: number | string, high: number | string): string =>
  low === high ? `${low}` : `${low}-${high}`

export const interfaceStatements = (policy: Policy): string[] =>
  policy.contexts.interfaces.map(
    one => `netifcon ${one.name} ${contextText(policy, one.context)} ${contextText(policy, one.packets)}`,
  )

export const nodeStatements = (policy: Policy): string[] =>
  policy.contexts.nodes.map(
    one => `nodecon ${addressText(one.address)} ${addressText(one.mask)} ${contextText(policy, one.context)}`,
  )

export const partitionKeyStatements = (policy: Policy): string[] =>
  policy.contexts.partitionKeys.map(one => {
    const prefix = addressText(Uint8Array.from({ length: 16 }, (_, index) => one.prefix[index] ?? 0))
    const [low, high] = [`0x${one.low.toString(16)}`, `0x${one.high.toString(16)}`]
    return `ibpkeycon ${prefix} ${span(low, high)} ${contextText(policy, one.context)}`
  })

export const endPortStatements = (policy: Policy): string[] =>
  policy.contexts.endPorts.map(
    one => `ibendportcon ${one.name} ${one.port} ${contextText(policy, one.context)}`,
  )

/** The kernel’s numbers of initial SIDs: the names are not in the file. */
export const initialSidNames: readonly string[] = [
  'undefined',
  'kernel',
  'security',
  'unlabeled',
  'fs',
  'file',
  'file_labels',
  'init',
  'any_socket',
  'port',
  'netif',
  'netmsg',
  'node',
  'igmp_packet',
  'icmp_socket',
  'tcp_socket',
  'sysctl_modprobe',
  'sysctl',
  'sysctl_fs',
  'sysctl_kernel',
  'sysctl_net',
  'sysctl_net_unix',
  'sysctl_vm',
  'sysctl_dev',
  'kmod',
  'policy',
  'scmp_packet',
  'devnull',
]

export const initialSidStatements = (policy: Policy) =>
  policy.contexts.initialSids.map(one => {
    const name = initialSidNames[one.sid] ?? `sid${one.sid}`
    return { name, statement: `sid ${name} ${contextText(policy, one.context)}` }
  })

/** `system_u:object_r:etc_t:s0` */
export const contextText = (policy: Policy, { user, role, type, range }: Context): string => {
  const label = `${nameIn(policy.users, user)}:${nameIn(policy.roles, role)}:${nameIn(policy.types, type)}`
  return policy.mls ? `${label}:${rangeText(policy, range)}` : label
}

// RFC 5952: the longest run of zero groups, of two or more, becomes `::`
const addressText = (bytes: Uint8Array): string => {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  )
  const runs = [...groups.join(':').matchAll(/(?<![^:])0(?::0)+(?![^:])/g)]
  const longest = runs.reduce((best, [run]) => (run.length > best.length ? run : best), '')
  if (longest === '') return groups.join(':')
  const at = runs.find(([run]) => run === longest)?.index ?? 0
  const text = groups.join(':')
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`
}
