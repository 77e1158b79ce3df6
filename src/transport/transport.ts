import { setMaxListeners } from 'node:events'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { SefleetError } from '../errors.ts'
import type { Connect } from '../model/exec.ts'
import { limits } from '../model/limits.ts'
import type { Node, SshConnection } from '../model/node.ts'
import { hostPort } from './address.ts'
import { exec } from './exec.ts'
import { identityFinder } from './identities.ts'
import { type Jumps, jumpsBy, type Opened, type WholeChain } from './jumps.ts'
import { type KnownHosts, type KnownHostsFile, readKnownHosts } from './known-hosts.ts'
import { openLocal } from './local.ts'
import { openLink, type OpenLinkOptions } from './open-link.ts'
import { type Reach, type ReachOptions, reachOf } from './reach.ts'
import { findSettings, type FoundSettings } from './settings/finder.ts'
import { type Hop, hopText } from './settings/settings.ts'
import { askSsh, type Question } from './settings/ssh-g.ts'
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
  const retrySeconds = options.retrySeconds ?? 0.5
  const needsSsh = !nodes || nodes.some(({ connection }) => connection.kind === 'ssh')
  const readFiles = knownHostsReader()
  // What an option names must be there, before a node is touched.
  if (needsSsh && options.knownHostsFiles)
    readFiles(options.knownHostsFiles.map(path => ({ path, isRequired: true })))
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
  const linkOptions: Omit<OpenLinkOptions, 'jumps' | 'words'> = {
    connectSeconds: options.connectSeconds,
    loginSeconds: options.loginSeconds ?? limits.loginSeconds,
    keepaliveSeconds: options.keepaliveSeconds ?? limits.keepaliveSeconds,
    knownHosts: readFiles,
    findIdentities: identityFinder({ agentSeconds: 5, home }),
  }
  const shared = { knownHostsFiles: options.knownHostsFiles, agentSocket: options.agentSocket }

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
    return (await retried(open, { tries, retrySeconds, signal: closing.signal })).result
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
      const { privateKeyFile } = connection
      const found = reachBy(settings, connection.host, {
        ...shared,
        privateKeyFiles: privateKeyFile === undefined ? options.privateKeyFiles : [privateKeyFile],
      })
      if ('trouble' in found) return { error: nodeError(node.name, found.trouble) }
      const { reach } = found
      if (reach.user === '') throw new SefleetError('usage', 'this user has no name: give one with -u')
      const words = configWords(connection)
      const { result, attempts } = await retried(
        () => openLink(reach, { ...linkOptions, jumps, words }, signal),
        { tries, retrySeconds, signal },
      )
      const { address } = reach
      const at = hostPort(address)
      if ('trouble' in result) return { error: nodeError(node.name, result.trouble, attempts), address: at }
      const { link } = result
      return {
        address: at,
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

/** Asks about all nodes at once with the first of them. */
const settingsFinder = (
  { configFile, user, home: given }: TransportOptions,
  home: string,
  nodes: readonly Node[] | undefined,
) => {
  const own = join(home, '.ssh', 'config')
  const file =
    configFile ?? (given === undefined ? undefined : existsSync(own) ? own : 'none')
  const options = { home, ask: askSsh(), ...(file === undefined ? {} : { configFile: file }) }
  const asked = new Map<string, Promise<FoundSettings>>()
  let all: Promise<ReadonlyMap<string, FoundSettings>> | undefined
  const askAll = async (): Promise<ReadonlyMap<string, FoundSettings>> => {
    const questions = new Map<string, Question>()
    for (const { connection } of nodes ?? [])
      if (connection.kind === 'ssh') {
        const question = questionOf(connection, user)
        questions.set(JSON.stringify(question), question)
      }
    const found = await findSettings([...questions.values()], options)
    return new Map([...found].map(([question, one]) => [JSON.stringify(question), one]))
  }
  const askOne = async (question: Question): Promise<FoundSettings> =>
    (await findSettings([question], options)).get(question) ?? { refused: 'there is no answer' }
  return async (question: Question, node?: Node): Promise<FoundSettings> => {
    const key = JSON.stringify(question)
    const early = node && nodes ? (await (all ??= askAll())).get(key) : undefined
    if (early) return early
    const known = asked.get(key) ?? askOne(question)
    asked.set(key, known)
    return known
  }
}

/** The words for ssh in Ansible’s order, of which the first wins. */
const questionOf = (connection: SshConnection, user: string | undefined): Question => {
  const { host, port, words } = connection
  const name = connection.user ?? user
  return {
    host,
    words: [
      ...(words?.first ?? []),
      ...(port === undefined ? [] : ['-o', `Port=${port}`]),
      ...(name === undefined ? [] : ['-o', `User=${name}`]),
      ...(words?.last ?? []),
    ],
  }
}

/** What of the words holds for the hosts on the way too: the configuration they are looked up in. */
const configWords = ({ words }: SshConnection): readonly string[] => {
  const all = [...(words?.first ?? []), ...(words?.last ?? [])]
  const at = all.findLastIndex(word => word.startsWith('-F'))
  if (at < 0) return []
  return all[at] === '-F' ? all.slice(at, at + 2) : all.slice(at, at + 1)
}

const retried = async (
  open: () => Promise<Opened>,
  { tries, retrySeconds, signal }: { readonly tries: number; readonly retrySeconds: number; readonly signal: AbortSignal },
): Promise<{ readonly result: Opened; readonly attempts: number }> => {
  for (let attempt = 1; ; attempt++) {
    const result = await open()
    if ('link' in result || !isWorthAnotherTry(result.trouble)) return { result, attempts: 1 }
    if (attempt >= tries || signal.aborted) return { result, attempts: attempt }
    // Spread out: a full sshd (MaxStartups) is not helped by everybody coming back at once.
    const milliseconds = retrySeconds * 1000 * (0.5 + Math.random())
    await pause(milliseconds, undefined, { signal }).catch(() => undefined)
  }
}

// Before SSH was spoken: later the same answer would come again, and refused logins add up to a ban on the node.
const isWorthAnotherTry = ({ code, stage }: Trouble): boolean =>
  stage === 'connect' &&
  (code === 'connect-timeout' ||
    code === 'connect-refused' ||
    code === 'connection-reset' ||
    code === 'banner-timeout' ||
    code === 'proxy-failed')

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
