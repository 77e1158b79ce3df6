import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { HostKeyPolicy } from '../model/host-keys.ts'
import type { Address } from './address.ts'
import type { WantedKeys } from './identities.ts'
import type { KnownHostsFile } from './known-hosts.ts'
import { type ExpandFor, expandFile, expandTokens, isUsualKnownHosts, passwdHome } from './settings/expand.ts'
import type { Route, SshSettings } from './settings/settings.ts'

/** Where a host is, who logs in there, by which keys, and what its own key must be. */
export interface Reach {
  readonly address: Address
  readonly user: string
  readonly route: PlannedRoute
  readonly keys: WantedKeys
  readonly knownHosts: readonly KnownHostsFile[]
  readonly hostKeyAlias?: string
  readonly hostKeys: HostKeyPolicy
  /** The configuration wants them not to be verified, which is not done. */
  readonly wantsNoKeys: boolean
  /** Where the key of a host goes that is to be known from now on. */
  readonly learnInto: string
  readonly hashKnownHosts: boolean
  /** What ssh_config says, where it says any. */
  readonly connectSeconds?: number
  readonly keepaliveSeconds?: number
  readonly keepaliveCount?: number
  /** What only OpenSSH’s own client can do, in words; GSSAPI and forking beside it. */
  readonly beyond: readonly string[]
  readonly gssapi: boolean
  readonly forks: boolean
}

/** As `Route`, with the command ready to run, and as it was written. */
export type PlannedRoute =
  | Exclude<Route, { readonly by: 'command' }>
  | { readonly by: 'command'; readonly command: string; readonly template: string }

export interface ReachOptions {
  /** A node’s own key file, or those that an option names. */
  readonly privateKeyFiles?: readonly string[] | undefined
  /** Instead of the user’s files; these must be there. */
  readonly knownHostsFiles?: readonly string[] | undefined
  /** Default: what ssh_config says, except that it cannot switch the verification off. */
  readonly hostKeys?: HostKeyPolicy | undefined
  /** Instead of what IdentityAgent and SSH_AUTH_SOCK say; '' is none. */
  readonly agentSocket?: string | undefined
  readonly home: string
}

/** How to reach a host that ssh would reach so. `alias` is the name it was asked by. */
export const reachOf = (settings: SshSettings, alias: string, options: ReachOptions): Reach => {
  const place = { settings, alias, home: options.home }
  const { hostKeyAlias, hostKeyChecking, connectSeconds, aliveSeconds, aliveCount } = settings
  const hostKeys = options.hostKeys ?? (hostKeyChecking === 'accept-new' ? 'accept-new' : 'strict')
  const { own, shared } = knownHostsOf(place, options, hostKeys)
  return {
    address: { host: settings.host, port: settings.port },
    user: settings.user,
    route: routeOf(place),
    keys: keysOf(place, options),
    knownHosts: [...own, ...shared],
    hostKeys,
    wantsNoKeys: options.hostKeys === undefined && hostKeyChecking === 'off',
    learnInto: own[0]?.path ?? join(options.home, '.ssh', 'known_hosts'),
    hashKnownHosts: settings.hashKnownHosts,
    beyond: settings.beyond,
    gssapi: settings.gssapi,
    forks: settings.forks,
    ...(hostKeyAlias === undefined ? {} : { hostKeyAlias }),
    ...(connectSeconds === undefined ? {} : { connectSeconds }),
    ...(aliveSeconds > 0 ? { keepaliveSeconds: aliveSeconds, keepaliveCount: aliveCount } : {}),
  }
}

const routeOf = (place: ExpandFor): PlannedRoute => {
  const { route } = place.settings
  return route.by === 'command'
    ? { by: 'command', command: expandTokens(route.command, place), template: route.command }
    : route
}

const keysOf = (place: ExpandFor, options: ReachOptions): WantedKeys => {
  const { identityFiles, identitiesOnly } = place.settings
  const socket = agentSocketOf(place, options)
  const agent = socket === undefined ? {} : { agentSocket: socket }
  const named = options.privateKeyFiles
  if (named && named.length > 0) return { by: 'name', files: named, ...agent }
  if (areUsual(identityFiles) && !identitiesOnly) return { by: 'custom', ...agent }
  return {
    by: 'config',
    files: identityFiles.flatMap(file => (file === 'none' ? [] : (expandFile(file, place) ?? []))),
    only: identitiesOnly,
    ...agent,
  }
}

// All of them come where ssh_config names none, and which they are differs by version.
const areUsual = (files: readonly string[]): boolean =>
  files.length > 1 &&
  files.every(file => /^~\/\.ssh\/id_[a-z0-9_]+$/.test(file)) &&
  files.includes('~/.ssh/id_rsa')

const agentSocketOf = (place: ExpandFor, { agentSocket }: ReachOptions): string | undefined => {
  if (agentSocket !== undefined) return agentSocket || undefined
  const said = place.settings.identityAgent
  if (said === 'none') return undefined
  if (said === undefined || said === 'SSH_AUTH_SOCK') return process.env['SSH_AUTH_SOCK'] || undefined
  // `$NAME` is another variable that holds the path.
  const variable = /^\$(\w+)$/.exec(said)?.[1]
  return (variable === undefined ? expandFile(said, place) : process.env[variable]) || undefined
}

const optional = (path: string): KnownHostsFile => ({ path, isRequired: false })

// Host keys are verified by the user’s own files where verification is switched off by an empty one (/dev/null).
const knownHostsOf = (
  place: ExpandFor,
  { knownHostsFiles, home }: ReachOptions,
  hostKeys: HostKeyPolicy,
): { readonly own: readonly KnownHostsFile[]; readonly shared: readonly KnownHostsFile[] } => {
  const { userKnownHosts, globalKnownHosts } = place.settings
  const said = userKnownHosts.filter(file => file !== '/dev/null')
  const isCustom = said.length === 0 || isUsualKnownHosts(said, passwdHome(home))
  const second = join(home, '.ssh', 'known_hosts2')
  const own = knownHostsFiles
    ? // One that is to be learnt into may come to be by that.
      knownHostsFiles.map(path => ({ path, isRequired: hostKeys === 'strict' }))
    : isCustom
      ? // Sentences name the files: the second is hardly anywhere.
        [join(home, '.ssh', 'known_hosts'), ...(existsSync(second) ? [second] : [])].map(optional)
      : said.flatMap(file => expandFile(file, place) ?? []).map(optional)
  const shared = globalKnownHosts.filter(path => path !== '/dev/null' && !path.endsWith('known_hosts2'))
  return { own, shared: (shared.length > 0 ? shared : ['/etc/ssh/ssh_known_hosts']).map(optional) }
}
