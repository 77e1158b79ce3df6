import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'

const compress = promisify(gzip)
const expand = promisify(gunzip)

/** Beyond it a record is no node's answer (limits.nodeBytes, six times over for JSON's escapes) but a trap. */
const mostBytes = 128 * 1024 * 1024

/** Of a member's header: gzip's ten bytes, and the extra field `SF` with the member's whole size. */
export const headerBytes = 20
const trailerBytes = 8
/** Eight bytes of fields: `SF`, four bytes of value; the value, the member's size, follows. */
const fieldStart = '\x08\0SF\x04\0'

/**
 * One gzip member that tells its own size (RFC 1952, FEXTRA; bgzip does the same), so that a reader knows where the next one
 * begins without unpacking, and whether the last one is whole. For every other program the file is plain gzip.
 */
export const packMember = async (text: string): Promise<Buffer> => {
  // Level 4: of a node's 250 KB, 43 KB are left after 1.9 ms; level 6 leaves 40 KB and takes 3.2 ms.
  const plain = await compress(text, { level: 4 })
  const header = Buffer.alloc(headerBytes)
  plain.copy(header, 0, 0, 10)
  header[3] = 4 // FEXTRA
  header.write(fieldStart, 10, 'latin1')
  header.writeUInt32LE(plain.length + 10, 16)
  return Buffer.concat([header, plain.subarray(10)])
}

/** The size a member's header declares; undefined when these bytes are no such header. */
export const memberSize = (header: Buffer): number | undefined => {
  if (header.length < headerBytes || header.readUInt32BE(0) !== 0x1f_8b_08_04) return undefined
  if (header.toString('latin1', 10, 16) !== fieldStart) return undefined
  const size = header.readUInt32LE(16)
  return size > headerBytes + trailerBytes && size <= mostBytes ? size : undefined
}

/** The member's text; rejects when its checksum or anything else is wrong. */
export const unpackMember = async (member: Buffer): Promise<string> =>
  (await expand(member, { maxOutputLength: mostBytes })).toString('utf8')
