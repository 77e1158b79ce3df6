import { join } from 'node:path'
import type { NodeRecord } from '../model/record.ts'
import type { RunInfo } from '../model/run.ts'
import { nodesFile } from './open.ts'
import { readRecords } from './record-reader.ts'
import { readRunInfo } from './run-file.ts'

/** A run on disk. */
export interface StoredRun {
  readonly folder: string
  /** Its state is `interrupted` also where the writer was killed. */
  readonly info: RunInfo
  /** The records in the order the nodes answered, read as they are asked for; throws `run-invalid` for damage. */
  readonly records: () => AsyncIterable<NodeRecord>
}

/** Opens a run by its folder; throws `run-invalid`. */
export const readRun = async (folder: string): Promise<StoredRun> => ({
  folder,
  info: await readRunInfo(folder),
  records: () => readRecords(join(folder, nodesFile)),
})

/** The same run as if only these nodes had been asked. */
export const onlyNodes = (run: StoredRun, names: ReadonlySet<string>): StoredRun => ({
  ...run,
  info: { ...run.info, nodes: run.info.nodes.filter(name => names.has(name)) },
  records: () => chosen(run.records(), names),
})

async function* chosen(
  records: AsyncIterable<NodeRecord>,
  names: ReadonlySet<string>,
): AsyncGenerator<NodeRecord> {
  for await (const record of records) if (names.has(record.node)) yield record
}
