import ssh2, { type ParsedKey } from 'ssh2'

export interface KeyPair {
  readonly private: string
  /** `ssh-ed25519 AAAA…` */
  readonly public: string
  readonly parsed: ParsedKey
}

/**
 * Makes an ed25519 key pair. About one in some hundred of ssh2's own is written in a form that its parser then refuses
 * ("Malformed OpenSSH private key"), so each is read back before it is used.
 */
export const makeKeyPair = (): KeyPair => {
  for (let tries = 0; tries < 50; tries += 1) {
    const made = ssh2.utils.generateKeyPairSync('ed25519')
    const parsed = ssh2.utils.parseKey(made.private)
    if (!(parsed instanceof Error))
      return { private: made.private, public: made.public.split(' ').slice(0, 2).join(' '), parsed }
  }
  throw new Error('ssh2 makes no key that it can read back')
}
