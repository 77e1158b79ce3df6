import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SefleetError } from '../errors.ts'
import { makeFolder } from '../store/folder.ts'

/** Makes the folder of a file that is to be written at the end, and refuses what cannot be written then; writes nothing. */
export const writableFile = async (file: string): Promise<void> => {
  const refused = (why: string, cause?: unknown): SefleetError =>
    new SefleetError('file-unwritable', `cannot write the JUnit file ${file}: ${why}`, { cause })
  const found = await stat(file).catch(() => undefined)
  if (found?.isDirectory()) throw refused('it is a folder')
  try {
    await makeFolder(dirname(file))
    await access(found ? file : dirname(file), constants.W_OK)
  } catch (cause) {
    throw refused(cause instanceof Error ? cause.message : String(cause), cause)
  }
}
