import { readFileSync } from 'node:fs'
import { SefleetError } from '../../errors.ts'
import type { Vault } from '../inventory.ts'

/** The bytes of a file; `shown` is how messages name it. Throws `inventory-unreadable`. */
export const readBytes = (path: string, shown: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SefleetError('inventory-unreadable', `'${shown}' can't be read: ${why}`, { cause })
  }
}

// A byte order mark stays: YAML skips it, INI takes it for a part of the first line.
export const decode = (shown: string, bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new SefleetError('inventory-invalid', `'${shown}' is not UTF-8 text`, { cause })
  }
}

/** The text, decrypted where ansible-vault has encrypted the whole file. */
export const unlocked = (text: string, shown: string, vault: Vault): string =>
  text.startsWith('$ANSIBLE_VAULT') ? vault.decrypt(text, `${shown}:1:1: this file`) : text
