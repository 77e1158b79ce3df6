import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { makeFolder } from './folder.ts'
import { writing } from './unwritable.ts'

/** What a file can be written from; pieces are written as they come. */
export type Content = string | Uint8Array | Iterable<string> | AsyncIterable<string>

/**
 * Writes a file of a run's folder, making the folders above it: whole or not at all, as it appears under its name only when it
 * is complete. With `isDurable` it also outlives a loss of power. Throws `store-unwritable`.
 */
export const writeRunFile = async (
  folder: string,
  relativePath: string,
  content: Content,
  { isDurable = false } = {},
): Promise<void> => {
  const path = inside(folder, relativePath)
  await writing(path, async () => {
    await makeFolder(dirname(path), 0o750)
    const draft = `${path}.${randomUUID()}.tmp`
    try {
      // Not a string as such: Readable.from would take it apart into characters.
      const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content
      await pipeline(
        Readable.from(pieces),
        createWriteStream(draft, { flags: 'wx', mode: 0o640, flush: isDurable }),
      )
      await rename(draft, path)
      if (isDurable) await makeNamesDurable(dirname(path))
    } catch (cause) {
      await rm(draft, { force: true })
      throw cause
    }
  })
}

/** Takes away what an earlier judgement wrote and this one may not: advice that no longer holds is worse than none. */
export const removeRunFiles = async (folder: string, relativePath: string): Promise<void> => {
  const path = inside(folder, relativePath)
  await writing(path, () => rm(path, { recursive: true, force: true }))
}

const inside = (folder: string, relativePath: string): string => {
  const path = resolve(folder, relativePath)
  if (!path.startsWith(resolve(folder) + sep))
    throw new Error(`${relativePath} leads out of the run's folder`)
  return path
}

// A rename outlives a loss of power only once its folder is on the disk too.
const makeNamesDurable = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
