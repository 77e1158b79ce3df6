import { open, type FileHandle } from 'node:fs/promises'
import { SefleetError } from '../errors.ts'
import { nodeRecordSchema, recordFormat, type NodeRecord } from '../model/record.ts'
import { parseStored } from './format.ts'
import { headerBytes, memberSize, unpackMember } from './member.ts'

/**
 * The records of a `nodes.ndjson.gz`, one at a time and never more in memory. A last record that was cut short (the writer was
 * killed, the machine lost power) is left out; any other damage throws `run-invalid`.
 */
export async function* readRecords(path: string): AsyncGenerator<NodeRecord> {
  const handle = await openToRead(path)
  try {
    const { size } = await handle.stat()
    for (let offset = 0; offset < size;) {
      const member = await readMember(handle, offset, size)
      const text = member && (await unpackMember(member).catch(() => undefined))
      if (member === undefined || text === undefined) {
        const end = offset + (member?.length ?? headerBytes)
        if (await isZeroFrom(handle, end, size)) return
        throw new SefleetError('run-invalid', `${path} is damaged at byte ${offset}`)
      }
      yield parseStored(nodeRecordSchema, recordFormat, text, `the record at byte ${offset} of ${path}`)
      offset += member.length
    }
  } finally {
    await handle.close()
  }
}

const openToRead = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path, 'r')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SefleetError('run-invalid', `can't read ${path}: ${why}`, { cause })
  }
}

// The bytes from here to the member's end, or to the file's where that comes first; undefined where no member begins.
const readMember = async (handle: FileHandle, offset: number, size: number): Promise<Buffer | undefined> => {
  const header = await readBytes(handle, offset, Math.min(headerBytes, size - offset))
  if (header.length < headerBytes) return header
  const declared = memberSize(header)
  return declared === undefined ? undefined : readBytes(handle, offset, Math.min(declared, size - offset))
}

const readBytes = async (handle: FileHandle, offset: number, length: number): Promise<Buffer> => {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

// Nothing at all counts too. After a loss of power a file system may have the length of the last writes but not their bytes.
const isZeroFrom = async (handle: FileHandle, offset: number, size: number): Promise<boolean> => {
  for (let at = offset; at < size;) {
    const bytes = await readBytes(handle, at, Math.min(64 * 1024, size - at))
    if (bytes.length === 0 || bytes.some(byte => byte !== 0)) return bytes.length === 0
    at += bytes.length
  }
  return true
}
