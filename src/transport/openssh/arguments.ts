import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readWords } from '../../model/ssh-words.ts'
import type { Reach } from '../reach.ts'
import { passwdHome } from '../settings/expand.ts'

export interface MasterWords {
  readonly reach: Reach
  /** As the host is asked for. */
  readonly host: string
  /** Those before it, of the inventory and the command line. */
  readonly words: readonly string[]
  readonly configFile: string | undefined
  readonly socket: string
  /** What LocalCommand prints when the login is done. */
  readonly readyWord: string
  readonly connectSeconds: number
  readonly keepaliveSeconds: number
  /** The way that we give; absent: the configuration’s own. */
  readonly proxyCommand?: string
  readonly agentSocket: string | undefined
  readonly home: string
}

/**
 * The words of a master: it logs in, opens the control socket, says so, and runs nothing. Of every option ssh takes the first
 * value, so that ours stand before the user’s: nothing is forwarded or learnt, and nobody is asked.
 */
export const masterWords = (wanted: MasterWords): readonly string[] => {
  const { reach, host, words, socket, readyWord, proxyCommand } = wanted
  const read = readWords(words)
  const configFile = read.configFile ?? wanted.configFile
  return [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    '-N',
    '-T',
    ...options({
      LogLevel: 'DEBUG1',
      ControlMaster: 'yes',
      ControlPath: fileWord(socket),
      ControlPersist: 'no',
      PermitLocalCommand: 'yes',
      LocalCommand: `echo ${readyWord}`,
      RemoteCommand: 'none',
      RequestTTY: 'no',
      ...(reach.forks ? { ForkAfterAuthentication: 'no' } : {}),
      ...quiet(reach),
      ClearAllForwardings: 'yes',
      ForwardAgent: 'no',
      ForwardX11: 'no',
      Tunnel: 'no',
      AddKeysToAgent: 'no',
      ...(reach.gssapi ? { GSSAPIDelegateCredentials: 'no' } : {}),
      ...verification(wanted),
      ConnectionAttempts: '1',
      ConnectTimeout: String(Math.ceil(wanted.connectSeconds)),
      ServerAliveInterval: String(Math.ceil(reach.keepaliveSeconds ?? wanted.keepaliveSeconds)),
      ServerAliveCountMax: String(reach.keepaliveCount ?? 3),
      ...(proxyCommand === undefined ? {} : { ProxyCommand: proxyCommand, ProxyUseFdpass: 'no' }),
      ...identity(wanted),
    }),
    ...identityFiles(wanted).flatMap(file => ['-o', `IdentityFile=${fileWord(file)}`]),
    ...read.lines.flatMap(line => ['-o', line]),
    '--',
    host,
  ]
}

/** The words that run a command, or open a way (`-W`), over a master’s socket; without it they end at once. */
export const muxWords = (socket: string, words: readonly string[], command: readonly string[]): string[] => [
  '-F',
  'none',
  '-T',
  ...options({
    ControlMaster: 'no',
    ControlPath: fileWord(socket),
    // Where the master is gone ssh would connect by itself: to nowhere.
    ProxyCommand: 'false',
    LogLevel: 'QUIET',
    BatchMode: 'yes',
  }),
  ...words,
  '--',
  ...command,
]

/** As ProxyCommand has it: by a shell, and with `%` doubled. */
export const commandText = (words: readonly string[]): string =>
  words.map(word => `'${percent(word).replaceAll("'", String.raw`'\''`)}'`).join(' ')

const options = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ['-o', `${name}=${value}`])

// A token’s PIN is asked for by SSH_ASKPASS alone, and never in batch mode; passwords are not asked for in any case.
const quiet = ({ beyond }: Reach): Readonly<Record<string, string>> =>
  beyond.includes('PKCS11Provider')
    ? { PasswordAuthentication: 'no', KbdInteractiveAuthentication: 'no' }
    : { BatchMode: 'yes' }

// The one place where it is decided how a client verifies.
const verification = ({ reach }: MasterWords): Readonly<Record<string, string>> => ({
  StrictHostKeyChecking: { strict: 'yes', 'accept-new': 'accept-new', off: 'no' }[reach.hostKeys],
  UserKnownHostsFile: reach.hostKeys === 'off' ? '/dev/null' : knownHostsOf(reach).map(fileWord).join(' '),
  GlobalKnownHostsFile: '/dev/null', // ours are all in the one above
  UpdateHostKeys: 'no',
  CheckHostIP: 'no',
  NoHostAuthenticationForLocalhost: 'no',
  VisualHostKey: 'no',
})

// What it learns it writes into the first of them.
const knownHostsOf = ({ knownHosts, learnInto, hostKeys }: Reach): readonly string[] => {
  const paths = knownHosts.map(({ path }) => path)
  return hostKeys === 'accept-new' ? [...new Set([learnInto, ...paths])] : paths
}

const identity = ({ reach: { keys }, agentSocket }: MasterWords): Readonly<Record<string, string>> => ({
  ...(keys.by === 'name' ? { IdentitiesOnly: 'yes' } : {}),
  ...(agentSocket === undefined
    ? {}
    : { IdentityAgent: agentSocket === '' ? 'none' : fileWord(agentSocket) }),
})

// Where the home is not the one that ssh looks into, its usual keys are named.
const identityFiles = ({ reach: { keys }, home }: MasterWords): readonly string[] => {
  if (keys.by === 'name') return keys.files
  if (keys.by === 'config' || home === passwdHome(home)) return []
  return usualKeyFiles.map(name => join(home, '.ssh', name)).filter(file => existsSync(file))
}

/** In the order in which ssh looks for them. */
export const usualKeyFiles = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk'] as const

// Names may hold spaces.
const fileWord = (path: string): string => `"${percent(path)}"`

const percent = (text: string): string => text.replaceAll('%', '%%')
