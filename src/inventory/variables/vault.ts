import { spawnSync } from 'node:child_process'
import { SefleetError } from '../../errors.ts'
import type { Vault } from '../inventory.ts'

export interface VaultOptions {
  /** `--vault-password-file` as ansible-vault takes it: a file or a script. */
  readonly passwordFiles?: readonly string[]
  /** `--vault-id`, `LABEL@FILE`. */
  readonly ids?: readonly string[]
  /** Where ansible-vault finds its own settings (ANSIBLE_VAULT_PASSWORD_FILE and others); default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

const secondsAtMost = 60
const fromEnvironment = [
  'ANSIBLE_VAULT_PASSWORD_FILE',
  'ANSIBLE_VAULT_IDENTITY_LIST',
  'ANSIBLE_VAULT_IDENTITY',
]

/**
 * The user's own ansible-vault, with the password files they name; each text is decrypted once. Nothing is asked: without a
 * password file, `decrypt` throws `vault-locked`, which names the value.
 */
export const openVault = ({ passwordFiles = [], ids = [], env = process.env }: VaultOptions = {}): Vault => {
  const known = new Map<string, string>()
  const isKeyGiven = passwordFiles.length + ids.length > 0 || fromEnvironment.some(name => env[name])
  const decrypt: Vault['decrypt'] = (text, what) => {
    if (!isKeyGiven) {
      throw locked(`${what} is encrypted by ansible-vault, and no password file is given`)
    }
    const args = [
      'decrypt',
      ...passwordFiles.flatMap(file => ['--vault-password-file', file]),
      ...ids.flatMap(id => ['--vault-id', id]),
      '--output',
      '-',
    ]
    const { error, status, stdout, stderr } = spawnSync('ansible-vault', args, {
      input: text,
      env,
      encoding: 'utf8',
      timeout: secondsAtMost * 1000,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024 * 1024,
    })
    if (error && 'code' in error && error.code === 'ENOENT') {
      throw locked(`${what} is encrypted, and ansible-vault, which could decrypt it, is not on this machine`)
    }
    if (error || status !== 0) {
      const said = stderr?.trim().split('\n').at(-1) || error?.message || `exit status ${status}`
      throw locked(`${what} is encrypted, and ansible-vault could not decrypt it: ${said.slice(0, 300)}`)
    }
    return stdout
  }
  return {
    decrypt: (text, what) => {
      const clear = known.get(text) ?? decrypt(text, what)
      known.set(text, clear)
      return clear
    },
  }
}

const locked = (sentence: string): SefleetError => new SefleetError('vault-locked', sentence)
