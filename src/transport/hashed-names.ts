import { createHmac } from 'node:crypto'
import type { KnownHostsLine } from './known-hosts-line.ts'
import { compressBlock, expandBlock, initialState } from './sha1.ts'

/** Lines whose name is hashed: `|1|base64 of the salt|base64 of HMAC-SHA1(salt, name)`. */
export interface HashedNames {
  /** The lines of this name, in any order. A line that was found can be found by no other name and is not hashed again. */
  find(name: string): readonly KnownHostsLine[]
}

/** Takes lines whose names begin with `|`; broken ones never match. Nothing is decoded before the first find. */
export const hashedNames = (lines: readonly KnownHostsLine[]): HashedNames => {
  let all: Hashes | undefined
  const found = new Map<string, readonly KnownHostsLine[]>()
  return {
    find: name => {
      const known = found.get(name)
      if (known) return known
      all ??= decode(lines)
      const matching = take(all, name)
      found.set(name, matching)
      return matching
    },
  }
}

/** All lines that nobody has found yet, side by side: objects of their own would make a find several times slower. */
interface Hashes {
  readonly lines: readonly HashedLine[]
  /** SHA-1 after the inner pad and after the outer pad of each line: two states of five words. */
  readonly pads: Int32Array
  /** The first word of each line's hash. */
  readonly words: Int32Array
  /** Indices of the lines that are left, as many as `left`. */
  readonly open: Int32Array
  left: number
}

interface HashedLine {
  readonly line: KnownHostsLine
  readonly salt: Buffer
  readonly hash: Buffer
}

const decode = (lines: readonly KnownHostsLine[]): Hashes => {
  const hashed = lines.flatMap(toHashedLine)
  const pads = new Int32Array(hashed.length * 10)
  for (const [index, { salt }] of hashed.entries()) writePads(pads, index * 10, salt)
  const words = Int32Array.from(hashed, ({ hash }) => hash.readInt32BE(0))
  return { lines: hashed, pads, words, open: Int32Array.from(hashed.keys()), left: hashed.length }
}

const toHashedLine = (line: KnownHostsLine): readonly HashedLine[] => {
  const [, salt64 = '', hash64 = ''] = /^\|1\|([^|]+)\|([^|]+)$/.exec(line.names) ?? []
  const [salt, hash] = [Buffer.from(salt64, 'base64'), Buffer.from(hash64, 'base64')]
  return salt.length === 20 && hash.length === 20 ? [{ line, salt, hash }] : []
}

// HMAC is SHA-1(key ⊕ 5c… ‖ SHA-1(key ⊕ 36… ‖ name)): the first block of either hash depends on the salt alone.
const writePads = (pads: Int32Array, at: number, salt: Buffer): void => {
  const words = new Int32Array(80)
  for (const [half, pad] of [0x36363636, 0x5c5c5c5c].entries()) {
    for (let i = 0; i < 16; i++) words[i] = (i < 5 ? salt.readInt32BE(i * 4) : 0) ^ pad
    expandBlock(words)
    compressBlock(initialState, 0, words, pads, at + half * 5)
  }
}

/** Finds the lines of a name and takes them out of those that are left. */
const take = (all: Hashes, name: string): readonly KnownHostsLine[] => {
  const bytes = Buffer.from(name)
  const mayBe = firstWordTest(all, bytes)
  const matching: KnownHostsLine[] = []
  let kept = 0
  for (let i = 0; i < all.left; i++) {
    const index = all.open[i] ?? 0
    const candidate = mayBe(index) ? all.lines[index] : undefined
    if (candidate && isHashOf(candidate, bytes)) matching.push(candidate.line)
    else all.open[kept++] = index
  }
  all.left = kept
  return matching
}

const isHashOf = ({ salt, hash }: HashedLine, bytes: Buffer): boolean =>
  createHmac('sha1', salt).update(bytes).digest().equals(hash)

const firstWordTest = ({ pads, words }: Hashes, bytes: Buffer): ((index: number) => boolean) => {
  // Longer names do not fit one block with their length; hardly a name is that long.
  if (bytes.length > 55) return () => true
  const inner = lastBlock(bytes)
  const outer = new Int32Array(80)
  const digest = new Int32Array(5)
  return index => {
    compressBlock(pads, index * 10, inner, outer, 0)
    outer.set(afterInnerHash, 5)
    expandBlock(outer)
    compressBlock(pads, index * 10 + 5, outer, digest, 0)
    return digest[0] === words[index]
  }
}

// The last block of a hash that began with 64 bytes of pad: these bytes, a one bit, zeros, the length in bits.
const lastBlock = (bytes: Buffer): Int32Array => {
  const block = Buffer.alloc(64)
  block.set(bytes)
  block[bytes.length] = 0x80
  block.writeUInt32BE((64 + bytes.length) * 8, 60)
  const words = new Int32Array(80)
  for (let i = 0; i < 16; i++) words[i] = block.readInt32BE(i * 4)
  expandBlock(words)
  return words
}

// The same for the outer hash, whose bytes are the inner hash's five words.
const afterInnerHash = Int32Array.of(0x80000000, 0, 0, 0, 0, 0, 0, 0, 0, 0, (64 + 20) * 8)
