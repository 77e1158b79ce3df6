import { createHash } from 'node:crypto'
import { type Address, hostPort, lookupName } from './address.ts'
import type { KnownHosts } from './known-hosts.ts'
import { keyBlobOf, keyTypeOf, type KnownHostsLine } from './known-hosts-line.ts'
import type { Trouble } from './trouble.ts'

/** What known_hosts holds for one host. */
export interface KnownKeys {
  readonly address: Address
  /** What it was looked up by: HostKeyAlias, or the address as known_hosts writes it. */
  readonly name: string
  readonly known: readonly KnownKey[]
  readonly withoutPort: readonly KnownKey[]
  /** Of the keys that are trusted: to ask for first, as ssh does. */
  readonly types: readonly string[]
  readonly files: readonly string[]
}

/** Looks a host up, by its HostKeyAlias where it has one. */
export const keysFor = (knownHosts: KnownHosts, address: Address, alias?: string): KnownKeys => {
  const name = alias?.toLowerCase() ?? lookupName(address)
  const known = keysBy(knownHosts, name)
  // OpenSSH too lets a key that is known for the host without its port count, but only in its favour.
  const withoutPort =
    alias !== undefined || address.port === 22 ? [] : keysBy(knownHosts, lookupName({ ...address, port: 22 }))
  const trusted = [...known, ...withoutPort].filter(({ line }) => line.marker === undefined)
  const types = [...new Set(trusted.map(({ line }) => line.keyType))]
  return { address, name, known, withoutPort, types, files: knownHosts.files }
}

interface KnownKey {
  readonly line: KnownHostsLine
  readonly blob: Buffer
}

const keysBy = (knownHosts: KnownHosts, name: string): readonly KnownKey[] =>
  knownHosts.find(name).flatMap(line => {
    const blob = keyBlobOf(line)
    return blob ? [{ line, blob }] : []
  })

/**
 * Judges the key a host shows: undefined when it is the known one, or the one that was `learnt` from it in this run. In the order
 * of OpenSSH's hostfile.c: a revoked key is refused even where another line knows it.
 */
export const judgeHostKey = (
  key: Buffer,
  { address, name, known, withoutPort, files }: KnownKeys,
  learnt?: Buffer,
): Trouble | undefined => {
  const all = [...known, ...withoutPort]
  const [at, shown] = [hostPort(address), describeKey(key)]
  const revoked = all.find(({ line, blob }) => line.marker === 'revoked' && blob.equals(key))
  if (revoked)
    return refuse(
      'host-key-revoked',
      `${at} has ${shown}, which is marked @revoked at ${place(revoked.line)}`,
    )
  if (all.some(({ line, blob }) => line.marker === undefined && blob.equals(key))) return undefined
  if (learnt?.equals(key)) return undefined
  if (learnt)
    return refuse(
      'host-key-changed',
      `${at} has ${shown}, but a moment ago ${describeKey(learnt)} was learnt for ${name}`,
    )
  const others = known.filter(({ line }) => line.marker === undefined)
  const looked = `looked up as ${name}`
  if (others.length > 0) {
    const old = others.map(({ line, blob }) => `${describeKey(blob)} at ${place(line)}`)
    return refuse('host-key-changed', `${at} has ${shown}, but known is ${some(old)} (${looked})`)
  }
  const authority = known.find(({ line }) => line.marker === 'cert-authority')
  const because = authority
    ? `; the @cert-authority line at ${place(authority.line)} is for OpenSSH’s client alone (--ssh-client openssh), and else the node’s plain key must be known`
    : ''
  return refuse(
    'host-key-unknown',
    `${at} has ${shown}, which is not in ${files.join(' or ')} (${looked})${because}`,
  )
}

const refuse = (code: Trouble['code'], what: string): Trouble => ({ code, stage: 'login', what })

const place = ({ file, line }: KnownHostsLine): string => `${file}:${line}`

const some = (items: readonly string[]): string =>
  items.length <= 3 ? items.join(', ') : `${items.slice(0, 3).join(', ')} and ${items.length - 3} more`

/** `ssh-ed25519 key SHA256:oqZ…`, the fingerprint as ssh-keygen prints it. */
export const describeKey = (key: Buffer): string =>
  `${keyTypeOf(key) ?? 'unreadable'} key ${fingerprint(key)}`

const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
