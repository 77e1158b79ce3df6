import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SefleetError } from '../errors.ts'
import { runFormat, runInfoSchema, type RunInfo } from '../model/run.ts'
import { isAlive } from './alive.ts'
import { parseStored } from './format.ts'
import { writeRunFile } from './files.ts'

/** Replaces a run's `run.json`. */
export const writeRunInfo = async (folder: string, info: RunInfo): Promise<void> =>
  writeRunFile(folder, 'run.json', `${JSON.stringify(info, undefined, 2)}\n`, { isDurable: true })

/** Reads a run's `run.json`; one that says `running` and whose writer is gone was interrupted. Throws `run-invalid`. */
export const readRunInfo = async (folder: string): Promise<RunInfo> => {
  const path = join(folder, 'run.json')
  const info = parseStored(runInfoSchema, runFormat, await textOf(path), path)
  if (info.state !== 'running' || (info.writer && isAlive(info.writer))) return info
  return { ...info, state: 'interrupted' }
}

const textOf = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SefleetError('run-invalid', `can't read ${path}: ${why}`, { cause })
  }
}
