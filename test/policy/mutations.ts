/** Numbers from a seed (mulberry32): the same seed, the same mutations. */
export const randomFrom = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const nasty = [
  0, 1, 2, 0x40, 0x7f, 0xff, 0x100, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
]

/** A policy with one to four things wrong: bits, numbers, pieces removed, doubled or put elsewhere, the end cut. */
export const mutated = (bytes: Buffer, random: (below: number) => number): Buffer => {
  let now: Buffer = Buffer.from(bytes)
  for (let left = 1 + random(4); left > 0; left -= 1) now = mutatedOnce(now, random)
  return now
}

const mutatedOnce = (bytes: Buffer, random: (below: number) => number): Buffer => {
  const at = random(Math.max(1, bytes.length - 4))
  const piece = bytes.subarray(at, at + 1 + random(64))
  switch (random(8)) {
    case 0:
      bytes[at] = random(256)
      return bytes
    case 1:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8))
      return bytes
    case 2:
    case 3:
      if (at + 4 <= bytes.length) bytes.writeUInt32LE(nasty[random(nasty.length)] ?? 0, at)
      return bytes
    case 4:
      if (at + 4 <= bytes.length) bytes.writeUInt32LE((bytes.readUInt32LE(at) + random(9) - 4) >>> 0, at)
      return bytes
    case 5:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + piece.length)])
    case 6:
      return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])
    default:
      return bytes.subarray(0, at)
  }
}
