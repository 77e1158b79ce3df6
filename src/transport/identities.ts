import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ParsedKey } from 'ssh2'
import { type AgentKeys, readAgent } from './agent.ts'
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
}

/** Which keys to look for. */
export type WantedKeys =
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
}: {
  readonly agentSeconds: number
  readonly home: string
}): FindIdentities => {
  const files = new Map<string, PrivateKey>()
  const readFile = (file: string): PrivateKey => {
    const known = files.get(file) ?? readPrivateKey(file)
    files.set(file, known)
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
      else if (key.state === 'locked') {
        const held = (await agentKeys(socket)).find(one => key.blob?.equals(one.key.getPublicSSH()))
        if (held) identities.push(held)
        else return unreadable(`${file} ${key.why}, and ${await agentLacksIt(() => askAgent(socket))}`)
      } else return unreadable(`${file} ${key.why}`)
    }
    return limited(identities)
  }

  const found = async (
    names: readonly string[],
    socket: string | undefined,
    only: boolean,
  ): ReturnType<FindIdentities> => {
    const held = await agentKeys(socket)
    const read = names.map(file => ({ file, key: readFile(file) }))
    const blobs = read.flatMap(({ key }) => ('blob' in key && key.blob ? [key.blob] : []))
    const isNamed = ({ key }: Identity) => blobs.some(blob => blob.equals(key.getPublicSSH()))
    const own = read.flatMap(({ file, key }): Identity[] =>
      key.state === 'usable' && !held.some(one => one.key.getPublicSSH().equals(key.blob))
        ? [fileIdentity(file, key.key)]
        : [],
    )
    const identities = [...held.filter(isNamed), ...(only ? [] : held.filter(one => !isNamed(one))), ...own]
    if (identities.length > 0) return limited(identities)
    const whyNot = read.map(({ file, key }) => `${file} ${'why' in key ? key.why : ''}`)
    return missing(
      `no key to log in with: ${await agentIsEmpty(() => askAgent(socket))}, ${whyNot.join(', ')}`,
    )
  }

  const answers = new Map<string, ReturnType<FindIdentities>>()
  return wanted => {
    const key = JSON.stringify(wanted)
    const known = answers.get(key)
    if (known) return known
    const { agentSocket } = wanted
    const answer =
      wanted.by === 'name'
        ? named(wanted.files, agentSocket)
        : wanted.by === 'config'
          ? found(wanted.files, agentSocket, wanted.only)
          : found(
              usualFiles.map(name => join(home, '.ssh', name)),
              agentSocket,
              false,
            )
    answers.set(key, answer)
    return answer
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

const limited = (identities: readonly Identity[]): { readonly identities: Identities } => ({
  identities: { tried: identities.slice(0, triedKeys), untried: Math.max(0, identities.length - triedKeys) },
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
const missing = (what: string) => ({ trouble: { code: 'identity-missing', stage: 'login', what } as const })
