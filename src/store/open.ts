import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeRecord } from '../model/record.ts'
import { runFormat, type RunInfo } from '../model/run.ts'
import { thisWriter } from './alive.ts'
import { writeRunFile, type Content } from './files.ts'
import { pointLatest } from './latest.ts'
import { createRecords } from './record-writer.ts'
import { writeRunInfo } from './run-file.ts'
import { runId } from './run-id.ts'
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

/** Starts a run: its folder below the root, with a `run.json` that says `running`, and no records yet. */
export const openRun = async ({
  root,
  run,
}: {
  readonly root: string
  readonly run: NewRun
}): Promise<RunWriter> => {
  const id = await makeFolder(root, run.startedAt)
  const folder = join(root, id)
  const records = await createRecords(join(folder, nodesFile))
  const info: RunInfo = { format: runFormat, id, state: 'running', ...run, writer: thisWriter() }
  await writeRunInfo(folder, info)
  return {
    info,
    folder,
    append: records.append,
    finish: async (state, endedAt = Date.now()) => {
      await records.close()
      const { writer: _gone, ...rest } = info
      const ended: RunInfo = { ...rest, state, endedAt }
      await writeRunInfo(folder, ended)
      if (state === 'finished') await pointLatest(root, id)
      return ended
    },
    writeFile: (relativePath, content) => writeRunFile(folder, relativePath, content),
  }
}

export const nodesFile = 'nodes.ndjson.gz'

// mkdir decides who gets a name when several runs start in one second, on one machine or on a shared disk.
const makeFolder = async (root: string, startedAt: number): Promise<string> =>
  writing(root, async () => {
    await mkdir(root, { recursive: true, mode: 0o750 })
    for (let attempt = 1; ; attempt++) {
      const id = runId(startedAt, attempt)
      try {
        await mkdir(join(root, id), { mode: 0o750 })
        return id
      } catch (cause) {
        if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause
      }
    }
  })
