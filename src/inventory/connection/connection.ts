import { SefleetError } from '../../errors.ts'
import { scalarText } from '../../model/yaml-scalar.ts'
import type { HostKeyPolicy } from '../../model/host-keys.ts'
import {
  type BecomeBy,
  connectionKinds,
  type Connection,
  type ConnectionKind,
  type SshClient,
  sshClients,
} from '../../model/node.ts'
import { atHome } from '../home.ts'
import { placeOf } from '../inventory.ts'
import type { Setting } from './known-variables.ts'
import type { Scope } from '../variables/scope.ts'
import { becomingBy } from './becoming.ts'
import { booleanOf, countOf, given, givenBy, portOf, secretOf, textOf, type Given, wrong } from './setting.ts'
import { sshArguments } from './ssh-arguments.ts'

export interface ConnectionOptions {
  /** Whether the command line asks for root (`-b`). */
  readonly becomes: boolean
  /** Where no variable says it. */
  readonly kind: ConnectionKind
  /** How to become root where no variable says it. */
  readonly become?: BecomeBy
  /** Undefined: keys are verified, and an inventory that switches that off is told what to do instead. */
  readonly hostKeys?: HostKeyPolicy
  /** Hears of each setting that is set but not used. */
  readonly onUnused: (sentence: string) => void
}

/**
 * How to reach a host by its variables. Settings that would lead somewhere else, or there as someone else, and that can't be
 * met throw `connection-unsupported`; those that only tune the connection are told to `onUnused`.
 */
export const connectionOf = (node: string, scope: Scope, options: ConnectionOptions): Connection => {
  const text = (setting: Setting): string | undefined => {
    const found = given(scope, setting)
    return found && textOf(found)
  }
  const textIfAny = (setting: Setting): string | undefined => {
    const found = given(scope, setting)
    return (found && scalarText(found.value()).trim()) || undefined
  }
  const kind = kindGiven(node, scope) ?? options.kind
  refuseUnlisted(node, scope, supported)
  const become = given(scope, 'become')
  const becomes = become && booleanOf(become)
  if (kind === 'ssh' && options.hostKeys === undefined) tellVerified(scope, options.onUnused)
  const becoming = (becomes ?? options.becomes) ? becomingBy(node, scope, options.become) : undefined
  const shared = {
    ...(becomes === undefined ? {} : { become: becomes }),
    ...(becoming === undefined ? {} : { becoming }),
  }
  // Whatever else is set is about SSH, and Ansible does not look at it either.
  if (kind === 'local') return { kind, ...shared }
  const port = given(scope, 'port')
  const user = text('user')
  const key = text('privateKeyFile')
  const password = given(scope, 'password')
  const secret = password && secretOf(password)
  const seconds = given(scope, 'timeout')
  const retries = given(scope, 'retries')
  const [first, ...last] = argumentSettings.map(setting => wordsOf(node, scope, setting))
  const words = { first: first ?? [], last: [...last.flat(), ...pkcs11Words(textIfAny('pkcs11Provider'))] }
  const client = clientGiven(node, scope)
  const program = programOf(textIfAny('executable'))
  return {
    kind,
    host: text('host') ?? node,
    ...(port ? { port: portOf(port) } : {}),
    ...(user === undefined ? {} : { user }),
    ...(key === undefined ? {} : { privateKeyFile: atHome(key) }),
    ...(secret === undefined ? {} : { password: secret }),
    ...(seconds === undefined ? {} : { connectSeconds: countOf(seconds, 1) }),
    ...(retries === undefined ? {} : { tries: countOf(retries, 0) + 1 }),
    ...(words.first.length + words.last.length > 0 ? { words } : {}),
    ...(client === undefined ? {} : { sshClient: client }),
    ...(program === undefined ? {} : { sshProgram: program }),
    ...shared,
  }
}

// `smart` is Ansible's default of old and means ssh.
const kinds: ReadonlyMap<string, ConnectionKind> = new Map([
  ['ssh', 'ssh'],
  ['smart', 'ssh'],
  ['ansible.builtin.ssh', 'ssh'],
  ['local', 'local'],
  ['ansible.builtin.local', 'local'],
])

const kindGiven = (node: string, scope: Scope): ConnectionKind | undefined => {
  const found = given(scope, 'connection')
  const value = found && scalarText(found.value())
  if (!found || value === undefined || value === '') return undefined
  const kind = kinds.get(value)
  if (kind) return kind
  const known = connectionKinds.map(one => `'${one}'`).join(' and ')
  throw unsupported(node, found, `${found.name} is '${value}', and sefleet knows only ${known}`)
}

type Supported = readonly (readonly [Setting, readonly string[]])[]

const supported: Supported = [['shellType', ['sh', 'csh', 'fish', 'ansible.builtin.sh']]]

// In the order in which Ansible gives them to ssh: the first stand before port and user.
const argumentSettings = ['arguments', 'commonArguments', 'extraArguments'] as const

const clientGiven = (node: string, scope: Scope): SshClient | undefined => {
  const found = givenBy(scope, 'sefleet_ssh_client')
  if (!found) return undefined
  const value = textOf(found)
  const client = sshClients.find(one => one === value)
  if (client) return client
  throw wrong(found, `node ${node}: sefleet_ssh_client must be ${sshClients.join(', ')}, not '${value}'`)
}

// The usual one is ours to choose; another one is what the inventory wants.
const programOf = (program: string | undefined): string | undefined =>
  program === undefined || ['ssh', '/usr/bin/ssh'].includes(program) ? undefined : atHome(program)

// As Ansible gives it to ssh.
const pkcs11Words = (provider: string | undefined): readonly string[] =>
  provider === undefined ? [] : ['-o', `PKCS11Provider=${atHome(provider)}`]

const wordsOf = (
  node: string,
  scope: Scope,
  setting: (typeof argumentSettings)[number],
): readonly string[] => {
  const found = given(scope, setting)
  if (!found) return []
  const read = sshArguments(scalarText(found.value()))
  if ('words' in read) return read.words
  throw unsupported(node, found, `${found.name} holds ${read.problem}`)
}

const refuseUnlisted = (node: string, scope: Scope, table: Supported): void => {
  for (const [setting, values] of table) {
    const found = given(scope, setting)
    if (!found) continue
    const value = scalarText(found.value())
    if (value !== '' && !values.includes(value)) {
      const instead = values[0] === undefined ? '' : `, and sefleet knows only '${values[0]}'`
      throw unsupported(node, found, `${found.name} is '${value}'${instead}`)
    }
  }
}

// A habit of clouds, where it hides who answers. What is meant is that new nodes need no hand-work, and for that there is a way.
const tellVerified = (scope: Scope, onUnused: (sentence: string) => void): void => {
  const checking = given(scope, 'hostKeyChecking')
  const found =
    checking && !booleanOf(checking)
      ? checking
      : argumentSettings
          .flatMap(setting => given(scope, setting) ?? [])
          .find(one => switchesOff(scalarText(one.value())))
  if (found)
    onUnused(
      `${found.name} switches the verification of host keys off, which is not done: give the keys with --known-hosts FILE, or learn those of new nodes with --host-keys accept-new`,
    )
}

const switchesOff = (words: string): boolean =>
  /StrictHostKeyChecking[\s=]+["']?(?:no|off|false)\b/i.test(words)

const unsupported = (node: string, { variable }: Given, why: string): SefleetError =>
  new SefleetError('connection-unsupported', `${placeOf(variable)}: node ${node}: ${why}`)
