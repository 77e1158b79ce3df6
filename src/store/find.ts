import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { SefleetError } from '../errors.ts'
import { nearest } from '../model/nearest.ts'
import type { RunInfo } from '../model/run.ts'
import { readLatest } from './latest.ts'
import { readRunInfo } from './run-file.ts'
import { byRunId, isRunId } from './run-id.ts'

/** One run below a root; a damaged one is listed with what is wrong. */
export type RunEntry =
  | { readonly state: 'readable'; readonly id: string; readonly folder: string; readonly info: RunInfo }
  | { readonly state: 'damaged'; readonly id: string; readonly folder: string; readonly problem: string }

/** All runs below a root, oldest first; none where there is no such folder. */
export const listRuns = async (root: string): Promise<readonly RunEntry[]> =>
  Promise.all((await idsIn(root)).map(id => entryOf(root, id)))

/** The folder of a run named by id, path or `last` (the last finished one); throws `run-not-found`. */
export const findRun = async (root: string, name: string): Promise<string> => {
  if (name === 'last') return findLast(root)
  if (!/[/\\]/.test(name) && name !== '' && (await isRun(join(root, name)))) return resolveLatest(root, name)
  if (await isRun(name)) return name
  const near = nearest(name, await idsIn(root))
  const hint = near === undefined ? '' : ` (did you mean '${near}'?)`
  throw new SefleetError('run-not-found', `there is no run '${name}' below ${root}${hint}`)
}

/** How far back a node’s last answer is looked for. */
const mostBaselines = 8

/** How many runs are looked through for those of the same profiles. */
const mostLooked = 64

/**
 * The runs to compare with, by id, path, `last` or `none`. `last`: the finished ones (before the run given, if one is), the first of
 * which is the baseline and the others have the last answers of nodes that it lacks; none when there is none yet. First come those
 * that were collected for the profiles of the run given: what another profile asked in between is no yesterday of it. Newest first
 * in each. Undefined for `none`. Throws `run-not-found` for one that was named and is not there.
 */
export const findBaselines = async (
  root: string,
  name: string,
  run?: string,
): Promise<readonly string[] | undefined> => {
  if (name === 'none') return undefined
  if (name !== 'last') return [await findRun(root, name)]
  const id = run === undefined ? undefined : basename(resolve(run))
  const earlier = (await idsIn(root)).filter(one => id === undefined || byRunId(one, id) < 0)
  const wanted = run === undefined ? [] : await profilesOf(run)
  const alike: string[] = []
  const others: string[] = []
  for (const one of earlier.toReversed().slice(0, mostLooked)) {
    if (alike.length === mostBaselines) break
    const entry = await entryOf(root, one)
    if (entry.state !== 'readable' || entry.info.state !== 'finished') continue
    const has = new Set(entry.info.profiles.map(({ name: its }) => its))
    if (wanted.every(its => has.has(its))) alike.push(entry.folder)
    else others.push(entry.folder)
  }
  return [...alike, ...others].slice(0, mostBaselines)
}

const profilesOf = async (run: string): Promise<readonly string[]> =>
  (await readRunInfo(run)).profiles.map(({ name }) => name)

// The link is the rule. Without one (a file system without links, the run it names pruned) the records decide.
const findLast = async (root: string): Promise<string> => {
  const linked = await readLatest(root)
  if (linked !== undefined && (await isRun(join(root, linked)))) return join(root, linked)
  const finished = (await listRuns(root)).filter(
    entry => entry.state === 'readable' && entry.info.state === 'finished',
  )
  const last = finished.at(-1)
  if (last) return last.folder
  throw new SefleetError('run-not-found', `no run below ${root} has finished yet`)
}

// `latest` is a name of the folder too; the run is known by its id.
const resolveLatest = async (root: string, name: string): Promise<string> =>
  join(root, (name === 'latest' ? await readLatest(root) : undefined) ?? name)

const isRun = async (folder: string): Promise<boolean> => {
  try {
    return (await stat(join(folder, 'run.json'))).isFile()
  } catch {
    return false
  }
}

const idsIn = async (root: string): Promise<readonly string[]> => {
  try {
    const entries = await readdir(root, { withFileTypes: true })
    const ids = entries.filter(entry => entry.isDirectory() && isRunId(entry.name)).map(entry => entry.name)
    return ids.toSorted(byRunId)
  } catch {
    return []
  }
}

const entryOf = async (root: string, id: string): Promise<RunEntry> => {
  const folder = join(root, id)
  try {
    return { state: 'readable', id, folder, info: await readRunInfo(folder) }
  } catch (error) {
    if (!(error instanceof SefleetError)) throw error
    return { state: 'damaged', id, folder, problem: error.message }
  }
}
