import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SefleetError } from '../errors.ts'

/** A text that a run is judged by, as it was when the run began, and where in the run's folder it lies. */
export interface Source {
  readonly path: string
  readonly text: string
}

/** Where the text of a profile lies in a run; undefined for what is no name of a profile, and may be a path. */
export const profilePath = (name: string): string | undefined =>
  /^[a-z0-9][a-z0-9-]*$/.test(name) ? `profiles/${name}.yaml` : undefined

export const waiversPath = 'waivers.yaml'

/** Reads a text of a run; undefined where the run has none. Throws `run-invalid` for one that is not what the run began with. */
export const readSource = async (
  folder: string,
  path: string,
  sha256: string,
): Promise<string | undefined> => {
  const file = join(folder, path)
  const bytes = await contentOf(file)
  if (bytes === undefined) return undefined
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes.toString('utf8')
  throw new SefleetError('run-invalid', `${file} is not the text that this run began with`)
}

const contentOf = async (file: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(file)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SefleetError('run-invalid', `can't read ${file}: ${why}`, { cause })
  }
}
