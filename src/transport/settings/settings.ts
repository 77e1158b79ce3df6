/** What `ssh` would do to reach one host, by the user's and the system's configuration and what stands above it. */
export interface SshSettings {
  /** HostName: what is connected to. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly route: Route
  /** As ssh names them, tokens and `~` not expanded; the usual files where nothing names one. */
  readonly identityFiles: readonly string[]
  /** Only these files, and not what else an agent holds. */
  readonly identitiesOnly: boolean
  /** A socket’s path, `SSH_AUTH_SOCK`, `$NAME` or `none`; absent: SSH_AUTH_SOCK. */
  readonly identityAgent?: string
  readonly certificateFiles: readonly string[]
  readonly userKnownHosts: readonly string[]
  readonly globalKnownHosts: readonly string[]
  readonly hostKeyAlias?: string
  readonly hostKeyChecking: HostKeyChecking
  /** HashKnownHosts: a name that is added to known_hosts is not to be read there. */
  readonly hashKnownHosts: boolean
  /** Seconds; absent where nothing sets it. */
  readonly connectSeconds?: number
  /** Seconds between keep-alives; 0 is none. */
  readonly aliveSeconds: number
  readonly aliveCount: number
  /** GSSAPIAuthentication is on, as it is by Debian’s and Fedora’s own configuration. */
  readonly gssapi: boolean
  /** ForkAfterAuthentication is on. */
  readonly forks: boolean
  /** What only the OpenSSH client can do and this host is configured for, in words; empty: nothing. */
  readonly beyond: readonly string[]
}

export type HostKeyChecking = 'yes' | 'ask' | 'accept-new' | 'off'

/** The way to the host: a TCP connection of our own, through other hosts, or what a command gives. */
export type Route =
  | { readonly by: 'tcp' }
  | { readonly by: 'jump'; readonly hops: readonly Hop[] }
  | { readonly by: 'command'; readonly command: string }

/** A host on the way, as ProxyJump names it: what it leaves open, the hop’s own configuration says. */
export interface Hop {
  readonly host: string
  readonly user?: string
  readonly port?: number
}

/** `[user@]host[:port]` or `ssh://[user@]host[:port]`; undefined for what is neither. */
export const hopOf = (text: string): Hop | undefined => {
  const [, user, bracketed, plain = '', port] =
    /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^@:\s]+))(?::(\d{1,5}))?\/?$/.exec(text.trim()) ?? []
  const host = bracketed ?? plain
  const number = port === undefined ? undefined : Number(port)
  if (host === '' || host.startsWith('-') || (number !== undefined && (number < 1 || number > 65_535)))
    return undefined
  return { host, ...(user === undefined ? {} : { user }), ...(number === undefined ? {} : { port: number }) }
}

/** For sentences and for comparing. */
export const hopText = ({ host, user, port }: Hop): string =>
  `${user === undefined ? '' : `${user}@`}${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`
