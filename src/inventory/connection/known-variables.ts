import { becomeMethods, type BecomeMethod } from '../../model/node.ts'
import { distance, nearest } from '../../model/nearest.ts'

/**
 * The names Ansible's ssh and local connections and sudo read a setting from. Of several that are set, the last in the list wins.
 * (ansible-core lib/ansible/plugins/connection/ssh.py, plugins/become/sudo.py, config/manager.py)
 */
export const aliases = {
  host: ['ansible_host', 'ansible_ssh_host'],
  port: ['ansible_port', 'ansible_ssh_port'],
  user: ['ansible_user', 'ansible_ssh_user'],
  password: ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'],
  privateKeyFile: ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
  arguments: ['ansible_ssh_args'],
  commonArguments: ['ansible_ssh_common_args'],
  extraArguments: ['ansible_ssh_extra_args'],
  executable: ['ansible_ssh_executable'],
  retries: ['ansible_ssh_retries'],
  timeout: ['ansible_timeout', 'ansible_ssh_timeout'],
  hostKeyChecking: ['ansible_host_key_checking', 'ansible_ssh_host_key_checking'],
  useTty: ['ansible_ssh_use_tty'],
  pkcs11Provider: ['ansible_ssh_pkcs11_provider'],
  shellType: ['ansible_shell_type'],
  become: ['ansible_become'],
  becomeMethod: ['ansible_become_method'],
  connection: ['ansible_connection'],
} as const satisfies Record<string, readonly string[]>

export type Setting = keyof typeof aliases

/** Those of one way to become root; the last in the list wins here too. (plugins/become/sudo.py, su.py; community.general's doas.py) */
export const becomeAliases = {
  user: method => ['ansible_become_user', `ansible_${method}_user`],
  exe: method => ['ansible_become_exe', `ansible_${method}_exe`],
  flags: method => ['ansible_become_flags', `ansible_${method}_flags`],
  password: method => ['ansible_become_password', 'ansible_become_pass', `ansible_${method}_pass`],
} as const satisfies Record<string, (method: BecomeMethod) => readonly string[]>

/** What no listing of ours may show. */
export const isPassword = (variable: string): boolean => passwords.has(variable)

/** Our own variables. */
export const ownVariables = ['sefleet_peers', 'sefleet_ssh_client'] as const

const passwords: ReadonlySet<string> = new Set([
  ...aliases.password,
  ...becomeMethods.flatMap(method => becomeAliases.password(method)),
])

const connectionVariables: readonly string[] = [
  ...Object.values(aliases).flat(),
  ...new Set(
    Object.values(becomeAliases).flatMap(names => becomeMethods.flatMap<string>(method => names(method))),
  ),
  'ansible_group_priority',
]

// Ansible's other variables that look like a misspelt connection variable and are none (found by comparing every
// `ansible_*` name in ansible-core 2.14 with the list above).
const lookalikes = new Set([
  'ansible_root',
  'ansible_scp_executable',
  'ansible_scp_extra_args',
  'ansible_sftp_extra_args',
])

/** The variable a name was meant to be, where it is no name of Ansible's or ours and comes within two edits of one. */
export const misspelt = (name: string): string | undefined => {
  if (connectionVariables.includes(name) || lookalikes.has(name)) return undefined
  if (ownVariables.some(own => own === name)) return undefined
  if (name.startsWith('sefleet_')) return nearest(name, ownVariables) ?? ownVariables[0]
  const meant = nearest(name, connectionVariables)
  return meant !== undefined && distance(name, meant) <= 2 ? meant : undefined
}
