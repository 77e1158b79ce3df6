import { rm } from 'node:fs/promises'
import type { RunInfo } from '../model/run.ts'
import { readLatest } from './latest.ts'
import { listRuns, type RunEntry } from './find.ts'
import { writing } from './unwritable.ts'

/**
 * Which runs go when so many finished ones are kept: the older ones, finished or not. What is still being written stays, and
 * so does whatever `latest` names.
 */
export const runsToPrune = async (root: string, keep: number): Promise<readonly RunEntry[]> => {
  const [runs, latest] = [await listRuns(root), await readLatest(root)]
  const finished = runs.filter(entry => isIn('finished', entry))
  const oldest = finished.at(-keep)?.id
  // With fewer finished runs than are to be kept, nothing goes.
  if (oldest === undefined) return []
  const at = runs.findIndex(({ id }) => id === oldest)
  return runs.slice(0, at).filter(entry => entry.id !== latest && !isIn('running', entry))
}

/** Removes a run’s folder; policies that later runs link stay there. */
export const removeRun = async ({ folder }: RunEntry): Promise<void> =>
  writing(folder, () => rm(folder, { recursive: true, force: true }))

const isIn = (state: RunInfo['state'], entry: RunEntry): boolean =>
  entry.state === 'readable' && entry.info.state === state
