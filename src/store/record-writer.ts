import { open, type FileHandle } from 'node:fs/promises'
import type { NodeRecord } from '../model/record.ts'
import { packMember } from './member.ts'
import { writing } from './unwritable.ts'

/** Appends node records to a new `nodes.ndjson.gz`. */
export interface RecordWriter {
  /** Resolves when the record is whole in the file; on `store-unwritable` the file is as it was before. */
  readonly append: (record: NodeRecord) => Promise<void>
  /** Waits for what is under way, makes it durable and closes; a second call does nothing more. */
  readonly close: () => Promise<void>
}

export const createRecords = async (path: string): Promise<RecordWriter> => {
  const handle = await writing(path, () => open(path, 'ax', 0o640))
  let size = 0
  let last: Promise<unknown> = Promise.resolve()
  let isBroken = false
  let closing: Promise<void> | undefined

  // One after the other, so that a member that could not be written whole can be taken back before the next one comes.
  const appendMember = async (member: Buffer): Promise<void> => {
    if (isBroken) throw new Error('an earlier record is half written and could not be taken back')
    try {
      await writeWhole(handle, member)
      size += member.length
    } catch (cause) {
      isBroken = true
      await handle.truncate(size)
      isBroken = false
      throw cause
    }
  }

  return {
    append: async record => {
      const member = await packMember(`${JSON.stringify(record)}\n`)
      const done = last.then(() => writing(path, () => appendMember(member)))
      last = done.catch(() => {}) // its caller hears of it; the next record is tried all the same
      return done
    },
    close: () => (closing ??= last.then(() => writing(path, () => closeDurably(handle)))),
  }
}

const closeDurably = async (handle: FileHandle): Promise<void> => {
  try {
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

// One write takes it all, unless the disk is nearly full: then the second one says what is wrong.
const writeWhole = async (handle: FileHandle, bytes: Buffer): Promise<void> => {
  for (let written = 0; written < bytes.length;) {
    written += (await handle.write(bytes, written)).bytesWritten
  }
}
