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

export type FindIdentities = (
  privateKeyFile: string | undefined,
) => Promise<{ readonly identities: Identities } | { readonly trouble: Trouble }>

/**
 * Finds the keys for a node: its own file, else the given files, else as ssh does the agent's and the usual files. Files
 * and the agent are read once, when the first node needs them.
 */
export const identityFinder = ({
  privateKeyFiles,
  agentSocket,
  agentSeconds,
  home,
}: {
  readonly privateKeyFiles: readonly string[] | undefined
  readonly agentSocket: string | undefined
  readonly agentSeconds: number
  readonly home: string
}): FindIdentities => {
  const files = new Map<string, PrivateKey>()
  const readFile = (file: string): PrivateKey => {
    const known = files.get(file) ?? readPrivateKey(file)
    files.set(file, known)
    return known
  }
  let agent: Promise<AgentKeys> | undefined
  const askAgent = () =>
    (agent ??=
      agentSocket === undefined
        ? Promise.resolve<AgentKeys>({ state: 'silent', why: 'is not there (SSH_AUTH_SOCK is not set)' })
        : readAgent(agentSocket, agentSeconds))
  const agentKeys = async (): Promise<readonly Identity[]> => {
    const answer = await askAgent()
    if (answer.state === 'silent' || agentSocket === undefined) return []
    return answer.keys.map(key => ({
      from: 'agent',
      label: `agent’s ${key.type} ${key.comment || 'without a comment'}`,
      key,
      socket: agentSocket,
    }))
  }

  const chosen = async (named: readonly string[]): ReturnType<FindIdentities> => {
    const identities: Identity[] = []
    for (const name of named) {
      const file = name.replace(/^~(?=\/)/, home)
      const key = readFile(file)
      if (key.state === 'usable') identities.push(fileIdentity(file, key.key))
      else if (key.state === 'locked') {
        const held = (await agentKeys()).find(one => key.blob?.equals(one.key.getPublicSSH()))
        if (held) identities.push(held)
        else return unreadable(`${file} ${key.why}, and ${await agentLacksIt(askAgent)}`)
      } else return unreadable(`${file} ${key.why}`)
    }
    return limited(identities)
  }

  const usual = async (): ReturnType<FindIdentities> => {
    const held = await agentKeys()
    const found = usualFiles
      .map(name => join(home, '.ssh', name))
      .map(file => ({ file, key: readFile(file) }))
    const blobs = found.flatMap(({ key }) => ('blob' in key && key.blob ? [key.blob] : []))
    const isUsual = ({ key }: Identity) => blobs.some(blob => blob.equals(key.getPublicSSH()))
    const own = found.flatMap(({ file, key }): Identity[] =>
      key.state === 'usable' && !held.some(one => one.key.getPublicSSH().equals(key.blob))
        ? [fileIdentity(file, key.key)]
        : [],
    )
    const identities = [...held.filter(isUsual), ...held.filter(one => !isUsual(one)), ...own]
    if (identities.length > 0) return limited(identities)
    const whyNot = found.map(({ file, key }) => `${file} ${'why' in key ? key.why : ''}`)
    return missing(`no key to log in with: ${await agentIsEmpty(askAgent)}, ${whyNot.join(', ')}`)
  }

  const answers = new Map<string | undefined, ReturnType<FindIdentities>>()
  return privateKeyFile => {
    const named = privateKeyFile === undefined ? privateKeyFiles : [privateKeyFile]
    const answer = answers.get(privateKeyFile) ?? (named && named.length > 0 ? chosen(named) : usual())
    answers.set(privateKeyFile, answer)
    return answer
  }
}

const usualFiles = ['id_ed25519', 'id_ecdsa', 'id_rsa']
const triedKeys = 6

const fileIdentity = (file: string, key: ParsedKey): Identity => ({
  from: 'file',
  // Said only when the login fails: a node that trusts a CA alone lets no plain key in.
  label: existsSync(`${file}-cert.pub`) ? `${file} (without its certificate: not supported)` : file,
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
