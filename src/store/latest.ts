import { randomUUID } from 'node:crypto'
import { readlink, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isRunId } from './run-id.ts'
import { writing } from './unwritable.ts'

/** Points `ROOT/latest` at a run, in one step. Where the file system knows no links, there is none. */
export const pointLatest = async (root: string, id: string): Promise<void> =>
  writing(join(root, 'latest'), async () => {
    const draft = join(root, `.latest-${randomUUID()}`)
    try {
      await symlink(id, draft)
      await rename(draft, join(root, 'latest'))
    } catch (cause) {
      await rm(draft, { force: true })
      if (!isWithoutLinks(cause)) throw cause
    }
  })

/** The id `ROOT/latest` points at; undefined where there is no such link. */
export const readLatest = async (root: string): Promise<string | undefined> => {
  try {
    const id = await readlink(join(root, 'latest'))
    return isRunId(id) ? id : undefined
  } catch {
    return undefined
  }
}

const isWithoutLinks = (cause: unknown): boolean =>
  cause instanceof Error &&
  'code' in cause &&
  ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(String(cause.code))
