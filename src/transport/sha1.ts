/*
 * SHA-1's compression, for hashed names of known_hosts only. node:crypto makes an HMAC in about 2.6 µs, which is 50 ms
 * for each node of a fleet with 20,000 hashed lines; with each line's two pads compressed once and the name's block
 * expanded once per node it is about a fifth.
 */

/** A block of 16 big-endian words, expanded in place to SHA-1's 80. */
export const expandBlock = (words: Int32Array): void => {
  for (let i = 16; i < 80; i++) {
    const word = (words[i - 3] ?? 0) ^ (words[i - 8] ?? 0) ^ (words[i - 14] ?? 0) ^ (words[i - 16] ?? 0)
    words[i] = (word << 1) | (word >>> 31)
  }
}

/** Compresses one expanded block into the five words of state at `from[at]`; the new state goes to `to[toAt]`. */
export const compressBlock = (
  from: Int32Array,
  at: number,
  words: Int32Array,
  to: Int32Array,
  toAt: number,
): void => {
  const [a0, b0, c0, d0, e0] = [
    from[at] ?? 0,
    from[at + 1] ?? 0,
    from[at + 2] ?? 0,
    from[at + 3] ?? 0,
    from[at + 4] ?? 0,
  ]
  let [a, b, c, d, e] = [a0, b0, c0, d0, e0]
  for (let i = 0; i < 80; i++) {
    // FIPS 180-4, 6.1.2: choose, parity, majority, parity.
    const mix =
      i < 20
        ? ((b & c) | (~b & d)) + 0x5a827999
        : i < 40
          ? (b ^ c ^ d) + 0x6ed9eba1
          : i < 60
            ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
            : (b ^ c ^ d) + 0xca62c1d6
    const next = (((a << 5) | (a >>> 27)) + mix + e + (words[i] ?? 0)) | 0
    e = d
    d = c
    c = (b << 30) | (b >>> 2)
    b = a
    a = next
  }
  to[toAt] = (a0 + a) | 0
  to[toAt + 1] = (b0 + b) | 0
  to[toAt + 2] = (c0 + c) | 0
  to[toAt + 3] = (d0 + d) | 0
  to[toAt + 4] = (e0 + e) | 0
}

/** SHA-1's state before the first block. */
export const initialState = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)
