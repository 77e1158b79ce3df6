import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import ssh2 from 'ssh2'
import type { ParsedKey } from 'ssh2'
import type { Secret } from '../model/secret.ts'
import { fastKey } from './fast-key.ts'
import { keyTypeOf } from './known-hosts-line.ts'

/** What a private key file is good for. */
export type PrivateKey =
  | { readonly state: 'usable'; readonly key: ParsedKey; readonly blob: Buffer }
  /**
   * Without a passphrase only an agent can sign with it: it is encrypted; or at all, as it is a public key. `blob` is its public half, when
   * that is in sight.
   */
  | { readonly state: 'encrypted' | 'public'; readonly why: string; readonly blob?: Buffer }
  | { readonly state: 'missing'; readonly why: string }
  | { readonly state: 'unusable'; readonly why: string }

/** Reads a private key in OpenSSH's, PEM's or PKCS 8's form. `why` follows the file's name in a sentence. */
export const readPrivateKey = (file: string, passphrase?: Secret): PrivateKey => {
  const text = readText(file)
  if (typeof text !== 'string') return text
  const sealed = sealedKeyOf(text)
  if (sealed?.type?.startsWith('sk-'))
    return {
      state: 'unusable',
      why: `is a FIDO key (${sealed.type}), which OpenSSH’s client alone can use (--ssh-client openssh)`,
    }
  const key = parseKey(text, passphrase)
  if (key && !key.isPrivateKey()) return { state: 'public', why: 'is a public key', blob: key.getPublicSSH() }
  if (key) return { state: 'usable', key: fastKey(key), blob: key.getPublicSSH() }
  if (sealed?.isEncrypted || /^(?:Proc-Type: 4,ENCRYPTED|-----BEGIN ENCRYPTED|Encryption: aes)/m.test(text)) {
    const blob = sealed?.blob ?? publicHalf(file)
    return { state: 'encrypted', why: 'is encrypted', ...(blob ? { blob } : {}) }
  }
  return { state: 'unusable', why: 'holds no private key of a supported format' }
}

const readText = (file: string): string | PrivateKey => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return code === 'ENOENT'
      ? { state: 'missing', why: 'does not exist' }
      : { state: 'unusable', why: `cannot be read: ${code}` }
  }
}

const parseKey = (text: string, passphrase?: Secret): ParsedKey | undefined => {
  // ssh2 answers a list for OpenSSH's own format, which its types do not say.
  const parsed = [ssh2.utils.parseKey(text, passphrase?.reveal())].flat()[0]
  if (parsed && !(parsed instanceof Error)) return parsed
  const pem = traditionalPem(text, passphrase)
  const again = pem === undefined ? undefined : [ssh2.utils.parseKey(pem)].flat()[0]
  return again instanceof Error ? undefined : again
}

// ssh2 does not know PKCS 8 (`openssl genpkey`, cloud consoles); Node's OpenSSL turns it into a form that it knows.
const traditionalPem = (text: string, passphrase: Secret | undefined): string | undefined => {
  const isSealed = text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----')
  if (isSealed ? !passphrase : !text.includes('-----BEGIN PRIVATE KEY-----')) return undefined
  try {
    const key = createPrivateKey(
      isSealed && passphrase ? { key: text, passphrase: passphrase.reveal() } : text,
    )
    if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString()
    if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString()
    return undefined
  } catch {
    return undefined
  }
}

/** OpenSSH's own format shows the public key even where the private one is encrypted (PROTOCOL.key). */
const sealedKeyOf = (text: string) => {
  const [, body] = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text) ?? []
  if (body === undefined) return undefined
  const bytes = Buffer.from(body, 'base64')
  if (!bytes.subarray(0, magic.length).equals(magic)) return undefined
  let at = magic.length
  const readString = (): Buffer => {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0
    const start = at + 4
    at = start + length
    return bytes.subarray(start, at)
  }
  const [cipher] = [readString().toString('latin1'), readString(), readString()]
  at += 4 // the number of keys, always one
  const blob = Buffer.from(readString())
  return { isEncrypted: cipher !== 'none', blob, type: keyTypeOf(blob) }
}

const magic = Buffer.from('openssh-key-v1\0', 'latin1')

const publicHalf = (file: string): Buffer | undefined => {
  const text = readText(`${file}.pub`)
  const key = typeof text === 'string' ? parseKey(text) : undefined
  return key?.getPublicSSH()
}
