import type { Vault } from '../inventory.ts'

/** What reading a file needs beside the file. */
export interface Surroundings {
  readonly vault: Vault
  /** Hears sentences for stderr. */
  readonly warn: (sentence: string) => void
}
