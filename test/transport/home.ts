import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'

/** A home directory with its .ssh, gone after the test. */
export interface Home {
  readonly path: string
  /** Writes a file below .ssh and gives its path. */
  write(name: string, text: string): string
  remove(): void
}

export const makeHome = (): Home => {
  const path = mkdtempSync(join(tmpdir(), 'sefleet-home-'))
  mkdirSync(join(path, '.ssh'))
  return {
    path,
    write: (name, text) => {
      const file = join(path, '.ssh', name)
      writeFileSync(file, text, { mode: 0o600 })
      return file
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

export interface KeyPair {
  readonly private: string
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly public: string
}

export const makeKey = (): KeyPair => {
  // ssh2's generator drops a leading zero of the public key: one Ed25519 key in 256 is broken, for OpenSSH as well.
  for (;;) {
    const pair = trimmed(ssh2.utils.generateKeyPairSync('ed25519'))
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair
  }
}
export const makeEcdsaKey = (): KeyPair => trimmed(ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }))
export const makeRsaKey = (): KeyPair => trimmed(ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }))

const trimmed = (pair: KeyPair): KeyPair => ({ private: pair.private, public: pair.public.trim() })

/** The key in wire form. */
export const blobOf = (pair: KeyPair): Buffer => Buffer.from(pair.public.split(' ')[1] ?? '', 'base64')
