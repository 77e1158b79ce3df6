import { createHash } from 'node:crypto'
import { link, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { limits } from '../model/limits.ts'
import type { FindPolicy, PolicyKeep } from '../model/policy-keep.ts'
import { makeFolder } from './folder.ts'
import { readLatest } from './latest.ts'
import { writeRunFile } from './files.ts'

/** Where a run keeps a policy, below its folder. */
export const policyFile = (sha256: string): string => `policies/${sha256}.gz`

/** Finds the policies of a run. */
export const policiesIn =
  (folder: string): FindPolicy =>
  async sha256 => {
    try {
      const packed = await readFile(join(folder, policyFile(sha256)))
      const policy = await promisify(gunzip)(packed, { maxOutputLength: limits.policyBytes })
      return createHash('sha256').update(policy).digest('hex') === sha256 ? policy : undefined
    } catch {
      // Not there, or damaged: either way there is no such policy.
      return undefined
    }
  }

/** Finds them in the first of several runs that has them. */
export const policiesInAny =
  (folders: readonly string[]): FindPolicy =>
  async sha256 => {
    for (const folder of folders) {
      const policy = await policiesIn(folder)(sha256)
      if (policy) return policy
    }
    return undefined
  }

/** Keeps policies in a run’s folder; one that the last finished run has is linked, not fetched again. */
export const policyKeep = (root: string, folder: string): PolicyKeep => {
  const find = policiesIn(folder)
  const linked = async (sha256: string): Promise<Buffer | undefined> => {
    const latest = await readLatest(root)
    if (latest === undefined) return undefined
    const path = join(folder, policyFile(sha256))
    try {
      await makeFolder(dirname(path), 0o750)
      await link(join(root, latest, policyFile(sha256)), path)
    } catch {
      // It has none, it is gone, or the file system knows no links: then it is fetched.
      return undefined
    }
    const found = await find(sha256)
    if (!found) await rm(path, { force: true })
    return found
  }
  return {
    find: async sha256 => (await find(sha256)) ?? linked(sha256),
    keep: (sha256, gzipped) => writeRunFile(folder, policyFile(sha256), gzipped, { isDurable: false }),
  }
}
