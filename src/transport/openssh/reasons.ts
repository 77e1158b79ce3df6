import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SefleetError } from '../../errors.ts'
import { lookupName } from '../address.ts'
import type { WantedKeys } from '../identities.ts'
import type { KnownHosts, KnownHostsFile } from '../known-hosts.ts'
import type { Reach } from '../reach.ts'
import { agentKinds } from './agent-kinds.ts'
import { usualKeyFiles } from './arguments.ts'

/** Why a host needs OpenSSH’s own client, each in a few words; none where ours does. */
export type FindReasons = (reach: Reach) => Promise<readonly string[]>

export interface ReasonsFrom {
  readonly knownHosts: (files: readonly KnownHostsFile[]) => KnownHosts
  readonly home: string
  readonly agentSeconds: number
}

/** Looks at configuration, keys, agent and known_hosts; files and agents are asked once. */
export const reasonsFinder = ({ knownHosts, home, agentSeconds }: ReasonsFrom): FindReasons => {
  const agents = new Map<string, Promise<readonly string[]>>()
  const kindsIn = (socket: string | undefined): Promise<readonly string[]> => {
    if (socket === undefined) return Promise.resolve([])
    const known = agents.get(socket) ?? agentKinds(socket, agentSeconds)
    agents.set(socket, known)
    return known
  }
  const byKeys = new Map<string, Promise<readonly string[]>>()
  const keyReasons = (keys: WantedKeys, gssapi: boolean): Promise<readonly string[]> => {
    const key = JSON.stringify([keys, gssapi])
    const known = byKeys.get(key) ?? findKeyReasons(keys, { kindsIn, home, gssapi })
    byKeys.set(key, known)
    return known
  }
  return async reach => [
    ...reach.beyond,
    ...(await keyReasons(reach.keys, reach.gssapi)),
    ...authorityReasons(reach, knownHosts),
  ]
}

interface KeysFrom {
  readonly kindsIn: (socket: string | undefined) => Promise<readonly string[]>
  readonly home: string
  readonly gssapi: boolean
}

const findKeyReasons = async (
  keys: WantedKeys,
  { kindsIn, home, gssapi }: KeysFrom,
): Promise<readonly string[]> => {
  const named =
    keys.by === 'custom'
      ? usualKeyFiles.map(name => join(home, '.ssh', name))
      : keys.files.map(file => file.replace(/^~(?=\/)/, home))
  const files = named.map(file => ({ file, kind: kindOf(file) }))
  // What else an agent holds is not offered where keys are named.
  const isOnly = keys.by === 'name' || (keys.by === 'config' && keys.only)
  const held = isOnly ? [] : await kindsIn(keys.agentSocket)
  const certificates = files.filter(({ file, kind }) => kind !== 'none' && existsSync(`${file}-cert.pub`))
  const tokens = files.filter(({ kind }) => kind === 'token')
  const isPlain = files.some(({ kind }) => kind === 'plain') || held.some(isPlainType)
  return [
    ...certificates.map(({ file }) => `certificate ${file}-cert.pub`),
    ...(held.some(isCertificateType) ? ['a certificate in the agent'] : []),
    // A token wants to be touched for each node: only where it was named, or nothing else is there.
    ...(keys.by === 'name' || !isPlain ? tokens.map(({ file }) => `FIDO key ${file}`) : []),
    ...(!isPlain && held.some(isTokenType) ? ['a FIDO key in the agent'] : []),
    ...(gssapi && hasTicket() && !isPlain && files.every(({ kind }) => kind === 'none') && held.length === 0
      ? ['GSSAPIAuthentication, as there is a Kerberos ticket and no key']
      : []),
  ]
}

// Debian's own ssh_config has GSSAPIAuthentication for everybody: it means something where a ticket is. KCM and keyrings are named.
const hasTicket = (): boolean => {
  const cache = process.env['KRB5CCNAME'] ?? `FILE:/tmp/krb5cc_${process.getuid?.() ?? 0}`
  const [, kind = 'FILE', path = cache] = /^([A-Z]+):(.*)$/.exec(cache) ?? []
  return kind === 'FILE' || kind === 'DIR' ? existsSync(path) : true
}

const isCertificateType = (type: string): boolean => type.endsWith('-cert-v01@openssh.com')
const isTokenType = (type: string): boolean => type.startsWith('sk-') && !isCertificateType(type)
const isPlainType = (type: string): boolean => !isCertificateType(type) && !isTokenType(type)

type KeyKind = 'none' | 'plain' | 'token'

// What the public half says, or the type that OpenSSH’s own format shows of a private one.
const kindOf = (file: string): KeyKind => {
  const [own, half] = [textOf(file), textOf(`${file}.pub`)]
  if (own === undefined) return 'none'
  if ((half ?? own).startsWith('sk-')) return 'token'
  const [, body = ''] = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(own) ?? []
  const head = Buffer.from(body, 'base64').subarray(0, headBytes).toString('latin1')
  return /sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com/.test(head) ? 'token' : 'plain'
}

const headBytes = 200

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'latin1').slice(0, textCharacters)
  } catch {
    return undefined
  }
}

const textCharacters = 64 * 1024

// A plain key that is known for the host is enough, whatever authority there is.
const authorityReasons = (
  { address, hostKeyAlias, knownHosts: files }: Reach,
  knownHosts: ReasonsFrom['knownHosts'],
): readonly string[] => {
  const lines = linesFor(() => knownHosts(files), hostKeyAlias?.toLowerCase() ?? lookupName(address))
  if (lines.some(({ marker }) => marker === undefined)) return []
  const authority = lines.find(({ marker }) => marker === 'cert-authority')
  return authority ? [`@cert-authority at ${authority.file}:${authority.line}`] : []
}

// A file that cannot be read is told where the host key is looked up.
const linesFor = (read: () => KnownHosts, name: string): ReturnType<KnownHosts['find']> => {
  try {
    return read().find(name)
  } catch (error) {
    if (error instanceof SefleetError) return []
    throw error
  }
}
