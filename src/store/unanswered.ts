import { SefleetError } from '../errors.ts'
import type { RunWriter } from './open.ts'
import { findRun } from './find.ts'
import { readRun } from './read.ts'

/** Below a run’s folder: the nodes that did not answer or not to the end, one a line, as `-l @FILE` takes it. */
export const missingFile = 'missing.txt'

/** Writes that file, where there are any. */
export const writeMissing = async (run: RunWriter, answered: ReadonlySet<string>): Promise<void> => {
  const missing = run.info.nodes.filter(name => !answered.has(name))
  if (missing.length > 0) await run.writeFile(missingFile, missing.map(name => `${name}\n`).join(''))
}

/**
 * The nodes that `RUN:missing` names: those of the run without a whole answer, also where the run was killed. Throws
 * `run-not-found`, `run-invalid`, and `limit-invalid` for another word than missing.
 */
export const unansweredIn = async (
  root: string,
  text: string,
): Promise<{ readonly names: ReadonlySet<string>; readonly what: string }> => {
  const [, name = '', word] = /^(.*):([^:/]*)$/.exec(text) ?? []
  if (word !== 'missing' || name === '')
    throw new SefleetError(
      'limit-invalid',
      `--limit-from is RUN:missing, e.g. last:missing, and not '${text}'`,
    )
  const folder = await findRun(root, name)
  const { info, records } = await readRun(folder)
  const missing = new Set(info.nodes)
  for await (const { node, status } of records()) if (status === 'answered') missing.delete(node)
  if (missing.size === 0)
    throw new SefleetError(
      'none-missing',
      `every node of run ${info.id} answered: there is none to ask again`,
    )
  return { names: missing, what: `the nodes without an answer in run ${info.id}` }
}
