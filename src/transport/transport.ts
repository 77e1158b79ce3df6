import { setMaxListeners } from 'node:events'
import { homedir } from 'node:os'
import pLimit, { type LimitFunction } from 'p-limit'
import { SefleetError } from '../errors.ts'
import type { Connect } from '../model/exec.ts'
import type { HostKeyNote, HostKeyPolicy } from '../model/host-keys.ts'
import { limits } from '../model/limits.ts'
import type { Node } from '../model/node.ts'
import { hostPort } from './address.ts'
import { exec } from './exec.ts'
import { hostKeyKeeper } from './host-key-keeper.ts'
import { identityFinder, type Unlock } from './identities.ts'
import { type Jumps, jumpsBy, type Opened, type WholeChain } from './jumps.ts'
import { type KnownHosts, type KnownHostsFile, readKnownHosts } from './known-hosts.ts'
import { openLocal } from './local.ts'
import { openLink, type OpenLinkOptions } from './open-link.ts'
import { configWords, questionOf, settingsFinder } from './questions.ts'
import { type Reach, type ReachOptions, reachOf } from './reach.ts'
import type { FoundSettings } from './settings/finder.ts'
import { type Hop, hopText } from './settings/settings.ts'
import { retried } from './retried.ts'
import { interrupted, nodeError, quoted, type Trouble } from './trouble.ts'
import { unlessAborted } from './unless-aborted.ts'

/** How to reach nodes where the inventory does not say. Seconds may be fractions. */
export interface TransportOptions {
  /** Default: what ssh_config says, else the name this process runs under. */
  readonly user?: string
  /** Default: what ssh_config says, else the agent's keys, then the usual files below ~/.ssh. */
  readonly privateKeyFiles?: readonly string[]
  /** Path of the agent's socket; default IdentityAgent or SSH_AUTH_SOCK, and '' is none. */
  readonly agentSocket?: string
  /** Instead of UserKnownHostsFile or ~/.ssh/known_hosts; these must exist. The system’s are read in any case. */
  readonly knownHostsFiles?: readonly string[]
  /** Default: strict, or accept-new where ssh_config says so. */
  readonly hostKeys?: HostKeyPolicy
  /** ssh_config to read instead of the user’s and the system’s, as `ssh -F`; `none` is none. */
  readonly configFile?: string
  /** For the TCP connection, and again for the first word of the server. */
  readonly connectSeconds?: number
  readonly loginSeconds?: number
  readonly keepaliveSeconds?: number
  /** How often a connection is tried that was refused, reset or timed out before any SSH was spoken. */
  readonly tries?: number
  /** About how long to wait before the next try. */
  readonly retrySeconds?: number
  /** Gives the passphrases of encrypted keys that no agent holds. */
  readonly unlock?: Unlock
  /** Default: this user's; for `~`, keys and known_hosts. */
  readonly home?: string
}

export interface Transport {
  readonly connect: Connect
  /** Leaves the jump hosts. */
  readonly close: () => void
}

/**
 * Opens the way to the nodes, over SSH or here. known_hosts is read here, ssh_config, keys and agent with the first node, and
 * each only once, and nothing of it where none of the nodes (if they are given) is reached over SSH.
 * Throws `known-hosts-unreadable` before any node is touched. A connection counts only when the node, and each jump host, has
 * shown the host key that known_hosts has for it.
 */
export const openTransport = (options: TransportOptions = {}, nodes?: readonly Node[]): Transport => {
  const home = options.home ?? homedir()
  const tries = options.tries ?? limits.connectTries
  const triesWhenFull = options.tries ?? limits.triesWhenFull
  const retrySeconds = options.retrySeconds ?? 0.5
  const needsSsh = !nodes || nodes.some(({ connection }) => connection.kind === 'ssh')
  const readFiles = knownHostsReader()
  // What an option names must be there, before a node is touched.
  if (needsSsh && options.knownHostsFiles)
    readFiles(
      options.knownHostsFiles.map(path => ({
        path,
        isRequired: (options.hostKeys ?? 'strict') === 'strict',
      })),
    )
  const settingsFor = settingsFinder(options, home, nodes)
  const closing = new AbortController()
  setMaxListeners(0, closing.signal)

  const reachBy = (
    found: FoundSettings,
    alias: string,
    own: Partial<ReachOptions>,
  ): { readonly reach: Reach } | { readonly trouble: Trouble } =>
    'refused' in found
      ? {
          trouble: {
            code: 'ssh-config-refused',
            stage: 'connect',
            what: `ssh refuses its configuration: ${quoted(found.refused)}`,
          },
        }
      : { reach: reachOf(found.settings, alias, { home, ...own }) }
  const linkOptions: Omit<OpenLinkOptions, 'jumps' | 'words' | 'password'> = {
    connectSeconds: options.connectSeconds,
    loginSeconds: options.loginSeconds ?? limits.loginSeconds,
    keepaliveSeconds: options.keepaliveSeconds ?? limits.keepaliveSeconds,
    knownHosts: readFiles,
    keeper: hostKeyKeeper(),
    turnOf: turns(),
    findIdentities: identityFinder({ agentSeconds: 5, home, unlock: options.unlock }),
  }
  const { knownHostsFiles, agentSocket, hostKeys } = options
  const shared = { knownHostsFiles, agentSocket, hostKeys }
  const ofHops: HostKeyNote[] = []

  // A hop is logged in to as its own configuration says.
  const reachOfHop = async (hop: Hop, words: readonly string[]) => {
    const own = [
      ...words,
      ...(hop.user === undefined ? [] : ['-l', hop.user]),
      ...(hop.port === undefined ? [] : ['-p', String(hop.port)]),
    ]
    return reachBy(await settingsFor({ host: hop.host, words: own }), hop.host, shared)
  }
  const openChain = async (chain: readonly Hop[], words: readonly string[]): Promise<Opened> => {
    const hop = chain.at(-1)
    if (!hop) throw new Error('a chain of no jump hosts')
    const found = await reachOfHop(hop, words)
    if ('trouble' in found) return found
    const before = chain.slice(0, -1)
    const reach =
      before.length === 0 ? found.reach : { ...found.reach, route: { by: 'jump', hops: before } as const }
    const open = () => openLink(reach, { ...linkOptions, jumps, words }, closing.signal)
    const { result } = await retried(open, {
      tries,
      triesWhenFull,
      retrySeconds,
      signal: closing.signal,
    })
    if (result.note) ofHops.push(result.note)
    return result
  }
  // The first host of a chain may have others before it, by its own configuration.
  const wholeChain: WholeChain = async (chain, words) => {
    const [first] = chain
    if (!first) return { chain }
    if (chain.length > mostHops || chain.slice(1).some(hop => hopText(hop) === hopText(first)))
      return {
        trouble: {
          code: 'jump-failed',
          stage: 'connect',
          what: `the jump hosts lead in a circle: ${chain.slice(0, 4).map(hopText).join(', ')}`,
        },
      }
    const found = await reachOfHop(first, words)
    if ('trouble' in found) return found
    const { route } = found.reach
    return route.by === 'jump' ? wholeChain([...route.hops, ...chain], words) : { chain }
  }
  const jumps: Jumps = jumpsBy(openChain, wholeChain)

  return {
    connect: async (node, signal) => {
      // One signal serves all forks; Node would warn of a leak from the eleventh listener on.
      setMaxListeners(0, signal)
      const { connection } = node
      if (connection.kind === 'local') return openLocal(node.name, signal)
      const question = questionOf(connection, options.user)
      const settings = await unlessAborted(settingsFor(question, node), signal)
      if (!settings)
        return { error: nodeError(node.name, interrupted('connect', 'asking ssh for its configuration')) }
      const { privateKeyFile, password } = connection
      const found = reachBy(settings, connection.host, {
        ...shared,
        privateKeyFiles: privateKeyFile === undefined ? options.privateKeyFiles : [privateKeyFile],
      })
      if ('trouble' in found) return { error: nodeError(node.name, found.trouble) }
      const { reach } = found
      if (reach.user === '') throw new SefleetError('usage', 'this user has no name: give one with -u')
      const words = configWords(connection)
      const mostTries = connection.tries ?? tries
      const own = {
        connectSeconds: connection.connectSeconds ?? options.connectSeconds,
        ...(password ? { password } : {}),
      }
      const { result, attempts } = await retried(
        () => openLink(reach, { ...linkOptions, ...own, jumps, words }, signal),
        {
          tries: mostTries,
          // What ProxyCommand runs logs in somewhere for each node anew; a node’s own sshd has nobody but us.
          triesWhenFull: reach.route.by === 'command' ? triesWhenFull : mostTries,
          retrySeconds,
          signal,
        },
      )
      const { address } = reach
      const at = hostPort(address)
      const notes = [...ofHops.splice(0), ...(result.note ? [result.note] : [])]
      const base = { address: at, ...(notes.length > 0 ? { hostKeys: notes } : {}) }
      if ('trouble' in result) return { ...base, error: nodeError(node.name, result.trouble, attempts) }
      const { link } = result
      return {
        ...base,
        session: {
          exec: command =>
            exec({ node: node.name, address, link, openSeconds: linkOptions.loginSeconds }, command),
          close: () => link.close(),
        },
      }
    },
    close: () => {
      jumps.close()
      closing.abort()
    },
  }
}

// As OpenSSH limits the depth of what a configuration includes; nobody has more hosts on the way.
const mostHops = 16

/** Who goes by the same command as it was written goes to the same host: only a few log in there at once. */
const turns = (): ((template: string) => LimitFunction) => {
  const known = new Map<string, LimitFunction>()
  return template => {
    const turn = known.get(template) ?? pLimit(limits.commandLogins)
    known.set(template, turn)
    return turn
  }
}

/** Each list of files is read once. */
const knownHostsReader = (): ((files: readonly KnownHostsFile[]) => KnownHosts) => {
  const read = new Map<string, KnownHosts>()
  return files => {
    const key = JSON.stringify(files)
    const known = read.get(key) ?? readKnownHosts(files)
    read.set(key, known)
    return known
  }
}
