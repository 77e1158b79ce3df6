import type { Secret } from './secret.ts'

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
  /** For this node alone: never given to a host on the way to it. */
  readonly password?: Secret
  /** Limit for connecting, and how often it is tried, where a variable says them. */
  readonly connectSeconds?: number
  readonly tries?: number
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
  /** How to become root there; absent: by sudo, without a password. */
  readonly becoming?: Becoming
}

export const becomeMethods = ['sudo', 'su', 'doas'] as const
export type BecomeMethod = (typeof becomeMethods)[number]

/** How to become another user on a node. */
export interface Becoming {
  readonly method: BecomeMethod
  /** Absent: root. */
  readonly user?: string
  /** The words that start it, `sudo su -`; absent: the method's name. */
  readonly exe?: readonly string[]
  readonly flags?: readonly string[]
  readonly password?: Secret
}

/** What the command line says of it. */
export type BecomeBy = Pick<Becoming, 'user'> & { readonly method?: BecomeMethod }

/** How to become root on a node, or that it is not wanted there; `asked` is whether `-b` was given. */
export const becomingOf = ({ become, becoming }: Connection, asked: boolean): Becoming | undefined =>
  (become ?? asked) ? (becoming ?? { method: 'sudo' }) : undefined
