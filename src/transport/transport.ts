import { setMaxListeners } from 'node:events'
import { homedir } from 'node:os'
import { SefleetError } from '../errors.ts'
import type { Connect } from '../model/exec.ts'
import type { HostKeyPolicy } from '../model/host-keys.ts'
import { limits } from '../model/limits.ts'
import type { Node, SshClient, SshConnection } from '../model/node.ts'
import { builtinWay } from './builtin.ts'
import { hopFinder, wholeChainBy } from './hop-finder.ts'
import { hostKeyKeeper } from './host-key-keeper.ts'
import { identityFinder, type Unlock } from './identities.ts'
import { knownHostsReader } from './known-hosts.ts'
import { openLocal } from './local.ts'
import { reasonsFinder } from './openssh/reasons.ts'
import { opensshWay } from './openssh/way.ts'
import { chooser, clientSentences, sharesNoAlgorithm } from './openssh/ways.ts'
import { configFileOf, configWords, questionOf, settingsFinder } from './questions.ts'
import { type Reach, type ReachOptions, reachOf } from './reach.ts'
import type { FoundSettings } from './settings/finder.ts'
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
  /** Where the inventory does not say; default `auto`. */
  readonly sshClient?: SshClient
  /** Hears sentences for stderr. */
  readonly tell?: (sentence: string) => void
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
  const closing = new AbortController()
  setMaxListeners(0, closing.signal)
  const settingsFor = settingsFinder(options, home, nodes, closing.signal)
  const { knownHostsFiles, agentSocket, hostKeys } = options
  const shared = { knownHostsFiles, agentSocket, hostKeys, home }
  const findHop = hopFinder(async question => reachBy(await settingsFor(question), question.host, shared))
  const reachOfNode = async (node: Node, connection: SshConnection) => {
    const { host, privateKeyFile } = connection
    const settings = await settingsFor(questionOf(connection, options.user), node)
    return reachBy(settings, host, {
      ...shared,
      privateKeyFiles: privateKeyFile === undefined ? options.privateKeyFiles : [privateKeyFile],
    })
  }

  const both = {
    connectSeconds: options.connectSeconds,
    loginSeconds: options.loginSeconds ?? limits.loginSeconds,
    keepaliveSeconds: options.keepaliveSeconds ?? limits.keepaliveSeconds,
    tries: options.tries ?? limits.connectTries,
    triesWhenFull: options.tries ?? limits.triesWhenFull,
    retrySeconds: options.retrySeconds ?? 0.5,
    findHop,
    wholeChain: wholeChainBy(findHop),
    hopNotes: [],
  }
  const findIdentities = identityFinder({ agentSeconds: 5, home, unlock: options.unlock })
  const builtin = builtinWay(
    { ...both, knownHosts: readFiles, keeper: hostKeyKeeper(), findIdentities },
    closing.signal,
  )
  const openssh = opensshWay(
    {
      ...both,
      usualConnectSeconds: limits.connectSeconds,
      configFile: configFileOf(options),
      agentSocket,
      home,
    },
    closing.signal,
  )

  const choose = chooser(reasonsFinder({ knownHosts: readFiles, home, agentSeconds: 5 }), findHop)
  const clientFor = (reach: Reach, connection: SshConnection) =>
    choose({
      reach,
      hopWords: configWords(connection),
      // A program of its own is one of OpenSSH's, whatever the command line says.
      wanted:
        connection.sshClient ??
        (connection.sshProgram === undefined ? (options.sshClient ?? 'auto') : 'openssh'),
      hasPassword: connection.password !== undefined,
    })
  // Said once, of all nodes and before the first of them.
  let told: Promise<void> | undefined
  const tellClients = async (tell: (sentence: string) => void): Promise<void> => {
    const chosen = await Promise.all(
      (nodes ?? []).map(async node => {
        const { name, connection } = node
        if (connection.kind !== 'ssh') return []
        const found = await reachOfNode(node, connection)
        if ('trouble' in found) return []
        return [{ name, connection, reach: found.reach, client: await clientFor(found.reach, connection) }]
      }),
    )
    for (const sentence of clientSentences(chosen.flat())) tell(sentence)
    // What the inventory says is told where the inventory is read.
    const off = chosen
      .flat()
      .filter(({ reach, connection }) => reach.wantsNoKeys && !saysHostKeys(connection) && !knownHostsFiles)
    const [first] = off
    if (first)
      tell(
        `ssh_config switches the verification of host keys off, which is not done: give the keys with --known-hosts FILE, or learn those of new nodes with --host-keys accept-new; now they are looked up in ${first.reach.learnInto} (${first.name}${off.length > 1 ? ` and ${off.length - 1} more` : ''})`,
      )
  }
  const prepare = async (node: Node, connection: SshConnection) => {
    const found = await reachOfNode(node, connection)
    if ('trouble' in found) return found
    if (found.reach.user === '') throw new SefleetError('usage', 'this user has no name: give one with -u')
    const { tell } = options
    if (tell) await (told ??= tellClients(tell))
    return { ...found, client: await clientFor(found.reach, connection) }
  }

  return {
    connect: async (node, signal) => {
      // One signal serves all forks; Node would warn of a leak from the eleventh listener on.
      setMaxListeners(0, signal)
      const { name, connection } = node
      if (connection.kind === 'local') return openLocal(name, signal)
      const found = await unlessAborted(prepare(node, connection), signal)
      if (!found)
        return { error: nodeError(name, interrupted('connect', 'asking ssh for its configuration')) }
      if ('trouble' in found) return { error: nodeError(name, found.trouble) }
      const { reach, client } = found
      const { words } = questionOf(connection, options.user)
      const request = { node: name, connection, reach, words, hopWords: configWords(connection) }
      if (client.by === 'openssh') return openssh.open(request, signal)
      const connected = await builtin.open(request, signal)
      // A server that speaks only what ours does not, such as post-quantum key exchange, is tried once more by the other.
      if (!client.isFirst || !connected.trouble || !sharesNoAlgorithm(connected.trouble)) return connected
      const other = await openssh.open(request, signal)
      return other.trouble?.code === 'ssh-client-missing' ? connected : other
    },
    close: () => {
      builtin.close()
      openssh.close()
      closing.abort()
    },
  }
}

const saysHostKeys = ({ words }: SshConnection): boolean =>
  [...(words?.first ?? []), ...(words?.last ?? [])].some(word => /StrictHostKeyChecking/i.test(word))

const reachBy = (
  found: FoundSettings,
  alias: string,
  options: ReachOptions,
): { readonly reach: Reach } | { readonly trouble: Trouble } =>
  'refused' in found
    ? {
        trouble: {
          code: 'ssh-config-refused',
          stage: 'connect',
          what: `ssh refuses its configuration: ${quoted(found.refused)}`,
        },
      }
    : { reach: reachOf(found.settings, alias, options) }
