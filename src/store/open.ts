import { randomUUID } from 'node:crypto'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeRecord } from '../model/record.ts'
import { runFormat, type RunInfo } from '../model/run.ts'
import { thisWriter } from './alive.ts'
import { makeFolder } from './folder.ts'
import { writeRunFile, type Content } from './files.ts'
import { pointLatest } from './latest.ts'
import { createRecords } from './record-writer.ts'
import { writeRunInfo } from './run-file.ts'
import { runId } from './run-id.ts'
import type { Source } from './sources.ts'
import { writing } from './unwritable.ts'

/** What is known of a run when it starts. */
export type NewRun = Omit<RunInfo, 'format' | 'id' | 'state' | 'endedAt' | 'writer'>

/** A run being written. Every method throws `store-unwritable`, and then nothing written before is lost. */
export interface RunWriter {
  readonly info: RunInfo
  /** `ROOT/<run-id>`. */
  readonly folder: string
  /** Adds one node's record; whole in the file when it resolves, also if the process is killed then. */
  readonly append: (record: NodeRecord) => Promise<void>
  /** Ends the collecting; only a finished run becomes `ROOT/latest`. Files may still be written afterwards. */
  readonly finish: (state: 'finished' | 'interrupted', endedAt?: number) => Promise<RunInfo>
  /** Writes a file of the folder, e.g. `nodes/db-1.html`; it appears when it is complete. */
  readonly writeFile: (relativePath: string, content: Content) => Promise<void>
}

/**
 * Starts a run: its folder below the root, with a `run.json` that says `running`, what it is judged by, and no records yet.
 */
export const openRun = async ({
  root,
  run,
  sources = [],
}: {
  readonly root: string
  readonly run: NewRun
  readonly sources?: readonly Source[]
}): Promise<RunWriter> => {
  const { info, folder, records } = await makeRun(root, run, sources)
  return {
    info,
    folder,
    append: records.append,
    finish: async (state, endedAt = Date.now()) => {
      await records.close()
      const { writer: _gone, ...rest } = info
      const ended: RunInfo = { ...rest, state, endedAt }
      await writeRunInfo(folder, ended)
      if (state === 'finished') await pointLatest(root, info.id)
      return ended
    },
    writeFile: (relativePath, content) => writeRunFile(folder, relativePath, content),
  }
}

export const nodesFile = 'nodes.ndjson.gz'

/*
 * A run is made under another name and renamed when it is whole, so that a run killed in its first moment is either not
 * there or readable. The rename decides who gets an id when several runs start in one second, on one machine or on a
 * shared disk: it fails on a folder that holds something.
 */
const makeRun = async (
  root: string,
  run: NewRun,
  sources: readonly Source[],
): Promise<{
  readonly info: RunInfo
  readonly folder: string
  readonly records: Awaited<ReturnType<typeof createRecords>>
}> =>
  writing(root, async () => {
    await makeFolder(root, 0o750)
    const draft = join(root, `.new-${randomUUID()}`)
    await mkdir(draft, { mode: 0o750 })
    const records = await createRecords(join(draft, nodesFile))
    for (const { path, text } of sources) await writeRunFile(draft, path, text, { isDurable: true })
    for (let attempt = 1; ; attempt++) {
      const id = runId(run.startedAt, attempt)
      const info: RunInfo = { format: runFormat, id, state: 'running', ...run, writer: thisWriter() }
      await writeRunInfo(draft, info)
      try {
        await rename(draft, join(root, id))
        return { info, folder: join(root, id), records }
      } catch (cause) {
        if (!(
          cause instanceof Error &&
          'code' in cause &&
          (cause.code === 'EEXIST' || cause.code === 'ENOTEMPTY')
        ))
          throw cause
      }
    }
  })
