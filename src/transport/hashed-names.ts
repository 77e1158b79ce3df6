import { createHmac } from 'node:crypto'
import type { KnownHostsLine } from './known-hosts-line.ts'
import { compressBlock, expandBlock, initialState } from './sha1.ts'

/** Lines whose name is hashed: `|1|base64 of the salt|base64 of HMAC-SHA1(salt, name)`. */
export interface HashedNames {
  /** The lines of this name, in any order. A line that was found once can be found by no other name and is not hashed again. */
  find(name: string): readonly KnownHostsLine[]
}

/** Takes lines whose names begin with `|`; broken ones never match. */
export const hashedNames = (lines: readonly KnownHostsLine[]): HashedNames => {
  let open: readonly HashedName[] | undefined
  const found = new Map<string, readonly KnownHostsLine[]>()
  return {
    find: name => {
      const known = found.get(name)
      if (known) return known
      open ??= lines.flatMap(toHashedName)
      const hash = hmacOf(name)
      const matching: KnownHostsLine[] = []
      const rest: HashedName[] = []
      for (const candidate of open) {
        if (hash(candidate)) matching.push(candidate.line)
        else rest.push(candidate)
      }
      if (matching.length > 0) open = rest
      found.set(name, matching)
      return matching
    },
  }
}

interface HashedName {
  readonly line: KnownHostsLine
  readonly salt: Buffer
  readonly hash: Buffer
  /** The first word of `hash`. */
  readonly word: number
  /** SHA-1 after the inner pad and after the outer pad: two states of five words. */
  readonly pads: Int32Array
}

const toHashedName = (line: KnownHostsLine): readonly HashedName[] => {
  const [, salt64 = '', hash64 = ''] = /^\|1\|([^|]+)\|([^|]+)$/.exec(line.names) ?? []
  const [salt, hash] = [Buffer.from(salt64, 'base64'), Buffer.from(hash64, 'base64')]
  if (salt.length !== 20 || hash.length !== 20) return []
  return [{ line, salt, hash, word: hash.readInt32BE(0), pads: padsOf(salt) }]
}

// HMAC is SHA-1(key ⊕ 5c… ‖ SHA-1(key ⊕ 36… ‖ name)): the first block of either hash depends on the salt alone.
const padsOf = (salt: Buffer): Int32Array => {
  const pads = new Int32Array(10)
  const words = new Int32Array(80)
  for (const [at, pad] of [0x36363636, 0x5c5c5c5c].entries()) {
    for (let i = 0; i < 16; i++) words[i] = (i < 5 ? salt.readInt32BE(i * 4) : 0) ^ pad
    expandBlock(words)
    compressBlock(initialState, 0, words, pads, at * 5)
  }
  return pads
}

const hmacOf = (name: string): ((candidate: HashedName) => boolean) => {
  const bytes = Buffer.from(name)
  const verify = ({ salt, hash }: HashedName) => createHmac('sha1', salt).update(bytes).digest().equals(hash)
  // Longer names do not fit one block with their length; no resolver knows so long a name in practice.
  if (bytes.length > 55) return verify
  const inner = blockOf(bytes)
  const outer = new Int32Array(80)
  const digest = new Int32Array(5)
  return candidate => {
    compressBlock(candidate.pads, 0, inner, outer, 0)
    outer.set(outerTail, 5)
    expandBlock(outer)
    compressBlock(candidate.pads, 5, outer, digest, 0)
    return digest[0] === candidate.word && verify(candidate)
  }
}

// The last block of a hash of 64 bytes of pad and this: the bytes, a one bit, zeros, the length in bits.
const blockOf = (bytes: Buffer): Int32Array => {
  const block = Buffer.alloc(64)
  block.set(bytes)
  block[bytes.length] = 0x80
  block.writeUInt32BE((64 + bytes.length) * 8, 60)
  const words = new Int32Array(80)
  for (let i = 0; i < 16; i++) words[i] = block.readInt32BE(i * 4)
  expandBlock(words)
  return words
}

// What follows the inner hash's five words in the outer hash's last block.
const outerTail = Int32Array.of(0x80000000, 0, 0, 0, 0, 0, 0, 0, 0, 0, (64 + 20) * 8)
