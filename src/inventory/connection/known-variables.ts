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
  becomeUser: ['ansible_become_user', 'ansible_sudo_user'],
  becomeExecutable: ['ansible_become_exe', 'ansible_sudo_exe'],
  becomeFlags: ['ansible_become_flags', 'ansible_sudo_flags'],
  becomePassword: ['ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass'],
  connection: ['ansible_connection'],
} as const satisfies Record<string, readonly string[]>

export type Setting = keyof typeof aliases

/** Our own variables. */
export const ownVariables = ['sefleet_peers', 'sefleet_ssh_client'] as const

const connectionVariables: readonly string[] = [...Object.values(aliases).flat(), 'ansible_group_priority']

// Ansible's other variables that look like a misspelt connection variable and are none (found by comparing every
// `ansible_*` name in ansible-core 2.14 with the list above).
const lookalikes = new Set([
  'ansible_root',
  'ansible_scp_executable',
  'ansible_scp_extra_args',
  'ansible_sftp_extra_args',
  'ansible_su_exe',
  'ansible_su_flags',
  'ansible_su_pass',
  'ansible_su_user',
])

/** The variable a name was meant to be, where it is no name of Ansible's or ours and comes within two edits of one. */
export const misspelt = (name: string): string | undefined => {
  if (connectionVariables.includes(name) || lookalikes.has(name)) return undefined
  if (ownVariables.some(own => own === name)) return undefined
  if (name.startsWith('sefleet_')) return nearest(name, ownVariables) ?? ownVariables[0]
  const meant = nearest(name, connectionVariables)
  return meant !== undefined && distance(name, meant) <= 2 ? meant : undefined
}
