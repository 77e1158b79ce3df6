/** A host of the inventory, with what is needed to reach it. */
export interface Node {
  readonly name: string
  /** Every group the node is in, `all` left out, sorted. */
  readonly groups: readonly string[]
  /** The innermost groups: those of its groups without a child group that holds the node too; sorted. */
  readonly leafGroups: readonly string[]
  readonly connection: Connection
  /** The inventory variable `sefleet_peers`, when set: overrides the peer group. */
  readonly peers?: string
}

/** How to reach a node; inventory variables win over command-line options, as in Ansible. */
export type Connection = SshConnection | LocalConnection

/** How nodes can be reached at all. */
export const connectionKinds = ['ssh', 'local'] as const
export type ConnectionKind = Connection['kind']

/** Who speaks SSH: the client within sefleet, OpenSSH’s own, or that one where the configuration needs it. */
export const sshClients = ['auto', 'builtin', 'openssh'] as const
export type SshClient = (typeof sshClients)[number]

export interface SshConnection extends Become {
  readonly kind: 'ssh'
  /** As ssh is given it: a name or address, or an alias of ssh_config. */
  readonly host: string
  /** Absent: ssh_config says it, or it is 22. */
  readonly port?: number
  readonly user?: string
  readonly privateKeyFile?: string
  /** The client that reaches it; absent: the command line's. */
  readonly sshClient?: SshClient
  /** The OpenSSH client's program, where it is not `ssh`. */
  readonly sshProgram?: string
  /** Words for ssh, of `ansible_ssh_args` and of the common and extra ones: before and after those for port and user. */
  readonly words?: { readonly first: readonly string[]; readonly last: readonly string[] }
}

/** The node is the machine that asks. */
export interface LocalConnection extends Become {
  readonly kind: 'local'
}

interface Become {
  /** Undefined: the command line's `-b` decides. */
  readonly become?: boolean
}
