import type { Policy } from '../policy.ts'
import type { Statement } from './symbols.ts'

/** Policy capabilities by number; the names are not in the file (kernel: policycap_names.h). */
export const capabilityName = (number: number): string => names[number] ?? `cap_${number}`

const names = [
  'network_peer_controls',
  'open_perms',
  'extended_socket_class',
  'always_check_network',
  'cgroup_seclabel',
  'nnp_nosuid_transition',
  'genfs_seclabel_symlinks',
  'ioctl_skip_cloexec',
  'userspace_initial_context',
  'netlink_xperm',
  'netif_wildcard',
  'genfs_seclabel_wildcard',
  'functionfs_seclabel',
  'memfd_class',
  'bpf_token_perms',
]

/** The capabilities that are switched on. */
export const capabilityStatements = (policy: Policy): Statement[] =>
  Array.from(policy.capabilities, capabilityName).map(name => ({ name, statement: `policycap ${name};` }))
