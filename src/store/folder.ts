import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it that are not there. Node’s own `recursive` never comes back where a folder says “no such
 * file” to whatever is made in it, as /proc does.
 */
export const makeFolder = async (path: string, mode = 0o777): Promise<void> => {
  try {
    await mkdir(path, { mode })
  } catch (cause) {
    if (await isFolder(path)) return
    const above = dirname(path)
    if (codeOf(cause) !== 'ENOENT' || above === path || (await isFolder(above))) throw cause
    await makeFolder(above, mode)
    await mkdir(path, { mode }).catch(async (again: unknown) => {
      if (!(await isFolder(path))) throw again // made by somebody else meanwhile
    })
  }
}

const codeOf = (cause: unknown): unknown =>
  cause instanceof Error && 'code' in cause ? cause.code : undefined

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}
