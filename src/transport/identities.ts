import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ParsedKey } from 'ssh2'
import { type AgentKeys, readAgent } from './agent.ts'
import type { Secret } from '../model/secret.ts'
import { type PrivateKey, readPrivateKey } from './private-key.ts'
import type { Trouble } from './trouble.ts'

/** One key to log in with, and the words for it in a sentence. */
export type Identity =
  | { readonly from: 'file'; readonly label: string; readonly key: ParsedKey }
  | { readonly from: 'agent'; readonly label: string; readonly key: ParsedKey; readonly socket: string }

/** The keys for a node, most likely first. */
export interface Identities {
  readonly tried: readonly Identity[]
  /** How many more there are. Servers hang up after six refused keys (MaxAuthTries). */
  readonly untried: number
  /** Why there are no others that were looked for, for a sentence. */
  readonly lacking?: string
}

/**
 * The passphrase of an encrypted key file, or why there is none: the rest of a sentence about the file. `attempt` counts from 1; after the
 * last the key is given up.
 */
export type Unlock = (
  file: string,
  attempt: number,
) => Promise<{ readonly passphrase: Secret; readonly isLast: boolean } | { readonly why: string }>

/** Which keys to look for; `mayLack`: there is a password, and no key is no trouble. */
export type WantedKeys = KeyPlaces & { readonly mayLack?: true }

type KeyPlaces =
  /** These and no others, as a variable or an option names them. */
  | { readonly by: 'name'; readonly files: readonly string[]; readonly agentSocket?: string }
  /** Those of ssh_config, and unless `only` whatever else the agent holds; a file that is not there is passed over, as by ssh. */
  | {
      readonly by: 'config'
      readonly files: readonly string[]
      readonly only: boolean
      readonly agentSocket?: string
    }
  /** What ssh tries where nobody says anything. */
  | { readonly by: 'custom'; readonly agentSocket?: string }

export type FindIdentities = (
  wanted: WantedKeys,
) => Promise<{ readonly identities: Identities } | { readonly trouble: Trouble }>

/** Finds the keys to log in with. Files and agents are read once, when the first node needs them. */
export const identityFinder = ({
  agentSeconds,
  home,
  unlock = nobodyAsked,
}: {
  readonly agentSeconds: number
  readonly home: string
  readonly unlock?: Unlock | undefined
}): FindIdentities => {
  const files = new Map<string, PrivateKey>()
  const readFile = (file: string): PrivateKey => {
    const known = files.get(file) ?? readPrivateKey(file)
    files.set(file, known)
    return known
  }
  const opened = new Map<string, Promise<PrivateKey>>()
  const open = (file: string): Promise<PrivateKey> => {
    const known = opened.get(file) ?? openWith(unlock, file)
    opened.set(file, known)
    return known
  }
  const agents = new Map<string, Promise<AgentKeys>>()
  const askAgent = (socket: string | undefined): Promise<AgentKeys> => {
    if (socket === undefined)
      return Promise.resolve({ state: 'silent', why: 'is not there (SSH_AUTH_SOCK is not set)' })
    const known = agents.get(socket) ?? readAgent(socket, agentSeconds)
    agents.set(socket, known)
    return known
  }
  const agentKeys = async (socket: string | undefined): Promise<readonly Identity[]> => {
    const answer = await askAgent(socket)
    if (answer.state === 'silent' || socket === undefined) return []
    return answer.keys.map(key => ({
      from: 'agent',
      label: `agent’s ${key.type} ${key.comment || 'without a comment'}`,
      key,
      socket,
    }))
  }

  const named = async (names: readonly string[], socket: string | undefined): ReturnType<FindIdentities> => {
    const identities: Identity[] = []
    for (const name of names) {
      const file = name.replace(/^~(?=\/)/, home)
      const key = readFile(file)
      if (key.state === 'usable') identities.push(fileIdentity(file, key.key))
      else if (key.state === 'encrypted' || key.state === 'public') {
        const held = (await agentKeys(socket)).find(one => key.blob?.equals(one.key.getPublicSSH()))
        if (held) {
          identities.push(held)
          continue
        }
        const lacks = await agentLacksIt(() => askAgent(socket))
        if (key.state === 'public') return unreadable(`${file} ${key.why}, and ${lacks}`)
        const clear = await open(file)
        if (clear.state !== 'usable') return locked(`${file} ${clear.why}; ${lacks}`)
        identities.push(fileIdentity(file, clear.key))
      } else return unreadable(`${file} ${key.why}`)
    }
    return limited(identities)
  }

  const found = async (
    names: readonly string[],
    socket: string | undefined,
    { only, opens }: { readonly only: boolean; readonly opens: 'all' | 'last' | 'none' },
  ): ReturnType<FindIdentities> => {
    const held = await agentKeys(socket)
    const read = names.map(file => ({ file, key: readFile(file) }))
    const blobs = read.flatMap(({ key }) => ('blob' in key && key.blob ? [key.blob] : []))
    const isHeld = (blob: Buffer | undefined): boolean =>
      blob !== undefined && held.some(one => one.key.getPublicSSH().equals(blob))
    const isNamed = ({ key }: Identity) => blobs.some(blob => blob.equals(key.getPublicSSH()))
    const own = read.flatMap(({ file, key }): Identity[] =>
      key.state === 'usable' && !isHeld(key.blob) ? [fileIdentity(file, key.key)] : [],
    )
    const signers = [...held.filter(isNamed), ...(only ? [] : held.filter(one => !isNamed(one)))]
    const sealed = read.filter(({ key }) => key.state === 'encrypted' && !isHeld(key.blob))
    const whyNot = new Map(read.map(({ file, key }) => [file, 'why' in key ? key.why : '']))
    // Whoever has keys that open is not asked for more, unless ssh_config names this one.
    if (opens === 'all' || (opens === 'last' && signers.length + own.length === 0))
      for (const { file } of sealed) {
        const clear = await open(file)
        if (clear.state !== 'usable') whyNot.set(file, clear.why)
        else {
          whyNot.delete(file)
          own.push(fileIdentity(file, clear.key))
        }
      }
    const identities = [...signers, ...own]
    const shut = sealed.filter(({ file }) => whyNot.has(file)).map(({ file }) => file)
    const lacking = shut.map(file => `${file} ${whyNot.get(file) ?? ''}`)
    if (identities.length > 0) return limited(identities, lacking)
    const why = [...whyNot].map(([file, what]) => `${file} ${what}`)
    const what = `no key to log in with: ${await agentIsEmpty(() => askAgent(socket))}, ${why.join(', ')}`
    return noKey(shut.length > 0 ? 'identity-locked' : 'identity-missing', what)
  }

  const find = (wanted: WantedKeys): ReturnType<FindIdentities> => {
    const { agentSocket, mayLack } = wanted
    switch (wanted.by) {
      case 'name':
        return named(wanted.files, agentSocket)
      case 'config':
        return found(wanted.files, agentSocket, { only: wanted.only, opens: 'all' })
      case 'custom':
        return found(
          usualFiles.map(name => join(home, '.ssh', name)),
          agentSocket,
          { only: false, opens: mayLack ? 'none' : 'last' },
        )
      default:
        return wanted satisfies never
    }
  }

  const answers = new Map<string, ReturnType<FindIdentities>>()
  return wanted => {
    const key = JSON.stringify(wanted)
    const known = answers.get(key)
    if (known) return known
    const answer = wanted.mayLack ? find(wanted).then(orNone) : find(wanted)
    answers.set(key, answer)
    return answer
  }
}

// The password is left.
const orNone = (found: Awaited<ReturnType<FindIdentities>>): typeof found =>
  'trouble' in found ? { identities: { tried: [], untried: 0, lacking: found.trouble.what } } : found

const nobodyAsked: Unlock = () =>
  Promise.resolve({ why: 'is encrypted, and nobody was asked for its passphrase' })

const openWith = async (unlock: Unlock, file: string): Promise<PrivateKey> => {
  for (let attempt = 1; ; attempt++) {
    const answer = await unlock(file, attempt)
    if ('why' in answer) return { state: 'encrypted', why: answer.why }
    const key = readPrivateKey(file, answer.passphrase)
    if (key.state !== 'encrypted') return key
    if (answer.isLast) return { ...key, why: 'is encrypted, and the passphrase given does not open it' }
  }
}

const usualFiles = ['id_ed25519', 'id_ecdsa', 'id_rsa']
const triedKeys = 6

const fileIdentity = (file: string, key: ParsedKey): Identity => ({
  from: 'file',
  // Said only when the login fails: a node that trusts a CA alone lets no plain key in.
  label: existsSync(`${file}-cert.pub`)
    ? `${file} (without its certificate, which OpenSSH’s client alone can use: --ssh-client openssh)`
    : file,
  key,
})

const limited = (
  identities: readonly Identity[],
  lacking: readonly string[] = [],
): { readonly identities: Identities } => ({
  identities: {
    tried: identities.slice(0, triedKeys),
    untried: Math.max(0, identities.length - triedKeys),
    ...(lacking.length > 0 ? { lacking: lacking.join(', ') } : {}),
  },
})

const agentLacksIt = async (ask: () => Promise<AgentKeys>): Promise<string> => {
  const answer = await ask()
  return answer.state === 'silent' ? `the agent ${answer.why}` : 'the agent does not hold it (ssh-add it)'
}

const agentIsEmpty = async (ask: () => Promise<AgentKeys>): Promise<string> => {
  const answer = await ask()
  return `the agent ${answer.state === 'silent' ? answer.why : 'holds none'}`
}

const unreadable = (what: string) => ({
  trouble: { code: 'identity-unreadable', stage: 'login', what: `private key ${what}` } as const,
})
const locked = (what: string) => ({
  trouble: { code: 'identity-locked', stage: 'login', what: `private key ${what}` } as const,
})
const noKey = (code: 'identity-locked' | 'identity-missing', what: string) => ({
  trouble: { code, stage: 'login', what } as const,
})
