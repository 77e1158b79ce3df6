import type { LimitFunction } from 'p-limit'
import { SefleetError } from '../errors.ts'
import { dial } from './dial.ts'
import type { Secret } from '../model/secret.ts'
import { hostPort } from './address.ts'
import type { HostKey, HostKeyRequest } from './host-key-keeper.ts'
import type { FindIdentities, Identities } from './identities.ts'
import type { Jumps, Opened } from './jumps.ts'
import type { KnownHosts, KnownHostsFile } from './known-hosts.ts'
import { logIn } from './log-in.ts'
import { type CommandWire, proxyCommand } from './proxy-command.ts'
import type { Reach } from './reach.ts'
import { interrupted, type Trouble } from './trouble.ts'
import { unlessAborted } from './unless-aborted.ts'
import { type Wire, wireOf } from './wire.ts'
import { limits } from '../model/limits.ts'

export interface OpenLinkOptions {
  /** Absent: as ssh_config says, else the usual. */
  readonly connectSeconds: number | undefined
  readonly loginSeconds: number
  readonly keepaliveSeconds: number
  readonly knownHosts: (files: readonly KnownHostsFile[]) => KnownHosts
  readonly keeper: (request: HostKeyRequest) => HostKey
  readonly findIdentities: FindIdentities
  /** For this host, and for none on the way to it. */
  readonly password?: Secret
  readonly jumps: Jumps
  /** Gives those who go by the same command their turns. */
  readonly turnOf: (template: string) => LimitFunction
  /** What jump hosts are looked up with. */
  readonly words: readonly string[]
}

/** Opens the way to a host and logs in; on any trouble nothing is left open. */
export const openLink = async (
  reach: Reach,
  options: OpenLinkOptions,
  signal: AbortSignal,
): Promise<Opened> => {
  const { password } = options
  const found = await unlessAborted(
    options.findIdentities(password ? { ...reach.keys, mayLack: true } : reach.keys),
    signal,
  )
  if (!found) return { trouble: interrupted('connect', 'asking the agent for keys') }
  if ('trouble' in found) return found
  const hostKey = hostKeyOf(reach, options)
  if ('trouble' in hostKey) return hostKey
  const { route } = reach
  const open = () => openWired(reach, found.identities, hostKey, options, signal)
  return route.by === 'command' ? options.turnOf(route.template)(open) : open()
}

const openWired = async (
  reach: Reach,
  identities: Identities,
  hostKey: HostKey,
  options: OpenLinkOptions,
  signal: AbortSignal,
): Promise<Opened> => {
  const { address, user } = reach
  if (signal.aborted) return { trouble: interrupted('connect', `about to connect to ${hostPort(address)}`) }
  const seconds = options.connectSeconds ?? reach.connectSeconds ?? limits.connectSeconds
  const wired = await wireTo(reach, options, seconds, signal)
  if ('trouble' in wired) return wired
  const opened = await logIn(
    wired.wire,
    {
      address,
      user,
      identities,
      password: options.password,
      hostKey,
      bannerSeconds: seconds,
      loginSeconds: options.loginSeconds,
      keepaliveSeconds: reach.keepaliveSeconds ?? options.keepaliveSeconds,
      keepaliveCount: reach.keepaliveCount ?? 3,
    },
    signal,
  )
  if ('link' in opened || !('why' in wired.wire)) return opened
  return { ...opened, trouble: await commandTrouble(opened.trouble, wired.wire) }
}

const hostKeyOf = (
  { address, hostKeyAlias, knownHosts, hostKeys, learnInto, hashKnownHosts }: Reach,
  options: OpenLinkOptions,
): HostKey | { readonly trouble: Trouble } => {
  try {
    return options.keeper({
      knownHosts: options.knownHosts(knownHosts),
      address,
      ...(hostKeyAlias === undefined ? {} : { alias: hostKeyAlias }),
      policy: hostKeys,
      learnInto,
      isHashed: hashKnownHosts,
    })
  } catch (error) {
    // A file that only this host's configuration names is this host's trouble.
    if (error instanceof SefleetError)
      return { trouble: { code: error.code, stage: 'login', what: error.message } }
    throw error
  }
}

const wireTo = async (
  { address, route }: Reach,
  { jumps, words }: OpenLinkOptions,
  seconds: number,
  signal: AbortSignal,
): Promise<{ readonly wire: Wire | CommandWire } | { readonly trouble: Trouble }> => {
  switch (route.by) {
    case 'tcp': {
      const dialled = await dial(address, seconds, signal)
      return 'trouble' in dialled ? dialled : { wire: wireOf(dialled.socket) }
    }
    case 'jump':
      return jumps.wire({ chain: route.hops, words, address, seconds, signal })
    case 'command': {
      const wire = proxyCommand(route.command)
      return 'trouble' in wire ? wire : { wire }
    }
    default:
      return route satisfies never
  }
}

// What the command said tells more than that no bytes came.
const commandTrouble = async (trouble: Trouble, { why }: CommandWire): Promise<Trouble> => {
  const said = await why()
  return said !== undefined && trouble.stage === 'connect' && trouble.code !== 'interrupted'
    ? { code: 'proxy-failed', stage: 'connect', what: said }
    : trouble
}
