import { setMaxListeners } from 'node:events'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { SefleetError } from '../errors.ts'
import type { Connect, Session } from '../model/exec.ts'
import { limits } from '../model/limits.ts'
import type { Node } from '../model/node.ts'
import { dial } from './dial.ts'
import { exec } from './exec.ts'
import { type FindIdentities, identityFinder } from './identities.ts'
import { type KnownHostsFile, readKnownHosts } from './known-hosts.ts'
import { openLocal } from './local.ts'
import { logIn, type LoginRequest } from './log-in.ts'
import { hostPort } from './address.ts'
import { interrupted, nodeError, type Trouble } from './trouble.ts'

/** How to reach nodes where the inventory does not say. Seconds may be fractions. */
export interface TransportOptions {
  /** Default: the name this process runs under. */
  readonly user?: string
  /** Default: the agent's keys, then the usual files below ~/.ssh. */
  readonly privateKeyFiles?: readonly string[]
  /** Path of the agent's socket; default SSH_AUTH_SOCK, and '' is none. */
  readonly agentSocket?: string
  /** Instead of ~/.ssh/known_hosts; these must exist. /etc/ssh/ssh_known_hosts is read in any case. */
  readonly knownHostsFiles?: readonly string[]
  /** For the TCP connection, and again for the first word of the server. */
  readonly connectSeconds?: number
  readonly loginSeconds?: number
  readonly keepaliveSeconds?: number
  /** How often a connection is tried that was refused, reset or timed out before any SSH was spoken. */
  readonly tries?: number
  /** About how long to wait before the next try. */
  readonly retrySeconds?: number
  /** Default: this user's; for `~`, keys and known_hosts. */
  readonly home?: string
}

/**
 * Opens the way to the nodes, over SSH or here. known_hosts is read here, keys and agent with the first node, and each only
 * once, and nothing of it where none of the nodes (if they are given) is reached over SSH.
 * Throws `known-hosts-unreadable` before any node is touched. A connection counts only when the node has shown the host
 * key that known_hosts has for it.
 */
export const openTransport = (
  options: TransportOptions = {},
  nodes?: readonly Node[],
): { readonly connect: Connect } => {
  const home = options.home ?? homedir()
  const needsSsh = !nodes || nodes.some(({ connection }) => connection.kind === 'ssh')
  const user = options.user ?? loginName()
  const way: Way = {
    connectSeconds: options.connectSeconds ?? limits.connectSeconds,
    tries: options.tries ?? limits.connectTries,
    retrySeconds: options.retrySeconds ?? 0.5,
    bannerSeconds: options.connectSeconds ?? limits.connectSeconds,
    loginSeconds: options.loginSeconds ?? limits.loginSeconds,
    keepaliveSeconds: options.keepaliveSeconds ?? limits.keepaliveSeconds,
    knownHosts: readKnownHosts(needsSsh ? knownHostsFiles(options.knownHostsFiles, home) : []),
    findIdentities: identityFinder({
      privateKeyFiles: options.privateKeyFiles,
      agentSocket: (options.agentSocket ?? process.env.SSH_AUTH_SOCK) || undefined,
      agentSeconds: 5,
      home,
    }),
  }
  return {
    connect: async (node, signal) => {
      // One signal serves all forks; Node would warn of a leak from the eleventh listener on.
      setMaxListeners(0, signal)
      if (node.connection.kind === 'local') return openLocal(node.name, signal)
      const { host, port, user: own, privateKeyFile } = node.connection
      const found = await unlessAborted(way.findIdentities(privateKeyFile), signal)
      if (!found) return { error: nodeError(node.name, interrupted('connect', 'asking the agent for keys')) }
      if ('trouble' in found) return { error: nodeError(node.name, found.trouble) }
      const name = own ?? user
      if (name === undefined) throw new SefleetError('usage', 'this user has no name: give one with -u')
      const request = { ...way, address: { host, port }, user: name, identities: found.identities }
      for (let attempt = 1; ; attempt++) {
        const opened = await openSession(node.name, request, signal)
        if ('session' in opened) return opened
        const isWorthIt = isWorthAnotherTry(opened.trouble)
        if (!isWorthIt) return { error: nodeError(node.name, opened.trouble) }
        if (attempt >= way.tries || signal.aborted)
          return { error: nodeError(node.name, opened.trouble, attempt) }
        // Spread out: a full sshd (MaxStartups) is not helped by everybody coming back at once.
        const milliseconds = way.retrySeconds * 1000 * (0.5 + Math.random())
        await pause(milliseconds, undefined, { signal }).catch(() => undefined)
      }
    },
  }
}

type Limits = Pick<LoginRequest, 'bannerSeconds' | 'loginSeconds' | 'keepaliveSeconds' | 'knownHosts'>

interface Way extends Limits {
  readonly connectSeconds: number
  readonly tries: number
  readonly retrySeconds: number
  readonly findIdentities: FindIdentities
}

const openSession = async (
  node: string,
  request: LoginRequest & { readonly connectSeconds: number },
  signal: AbortSignal,
): Promise<{ readonly session: Session } | { readonly trouble: Trouble }> => {
  const { address, connectSeconds, loginSeconds } = request
  if (signal.aborted) return { trouble: interrupted('connect', `about to connect to ${hostPort(address)}`) }
  const dialled = await dial(address, connectSeconds, signal)
  if ('trouble' in dialled) return dialled
  const opened = await logIn(dialled.socket, request, signal)
  if ('trouble' in opened) return opened
  const { link } = opened
  return {
    session: {
      exec: command => exec({ node, address, link, openSeconds: loginSeconds }, command),
      close: () => link.close(),
    },
  }
}

// Before SSH was spoken: later the same answer would come again, and refused logins add up to a ban on the node.
const isWorthAnotherTry = ({ code, stage }: Trouble): boolean =>
  stage === 'connect' &&
  (code === 'connect-timeout' ||
    code === 'connect-refused' ||
    code === 'connection-reset' ||
    code === 'banner-timeout')

const knownHostsFiles = (own: readonly string[] | undefined, home: string): readonly KnownHostsFile[] => [
  ...(own
    ? own.map(path => ({ path, isRequired: true }))
    : [{ path: join(home, '.ssh', 'known_hosts'), isRequired: false }]),
  { path: '/etc/ssh/ssh_known_hosts', isRequired: false },
]

const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const onAbort = () => resolve(undefined)
    signal.addEventListener('abort', onAbort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })

// userInfo throws for a user that the system has no entry for, as in some containers.
const loginName = (): string | undefined => {
  try {
    return userInfo().username
  } catch {
    return process.env.LOGNAME ?? process.env.USER
  }
}
