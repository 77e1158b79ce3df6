import { access, link, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PolicyKeep } from '../model/policy-keep.ts'
import { readLatest } from './latest.ts'
import { writeRunFile } from './files.ts'

/** Where a run keeps a policy, below its folder. */
export const policyFile = (sha256: string): string => `policies/${sha256}.gz`

/** Keeps policies in a run’s folder; one that the last finished run has is linked, not fetched again. */
export const policyKeep = (root: string, folder: string): PolicyKeep => {
  const linked = async (sha256: string): Promise<boolean> => {
    const latest = await readLatest(root)
    if (latest === undefined) return false
    const path = join(folder, policyFile(sha256))
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o750 })
      await link(join(root, latest, policyFile(sha256)), path)
      return true
    } catch {
      // It has none, it is gone, or the file system knows no links: then it is fetched.
      return false
    }
  }
  return {
    has: async sha256 => (await isThere(join(folder, policyFile(sha256)))) || linked(sha256),
    keep: (sha256, gzipped) => writeRunFile(folder, policyFile(sha256), gzipped, { isDurable: false }),
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
