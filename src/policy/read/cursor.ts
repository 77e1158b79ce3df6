import { isUtf8 } from 'node:buffer'

/** What is wrong with the bytes of a policy: a truncated, corrupt, hostile or unknown file. */
export class PolicyFault extends Error {
  /** Where in the file, bytes from its beginning. */
  readonly offset: number

  constructor(offset: number, message: string) {
    super(`byte ${offset}: ${message}`)
    this.name = 'PolicyFault'
    this.offset = offset
  }
}

const mostElements = 8_000_000
/** CIL's own limit (libsepol cil_internal.h, CIL_MAX_NAME_LENGTH). */
const longestName = 2048

/** Walks over a policy’s bytes, little-endian and unaligned; never past their end, whatever a count says. */
export class Cursor {
  offset = 0
  #unfolded = 0
  readonly bytes: Buffer
  readonly view: DataView

  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.bytes.length - this.offset
  }

  fail(message: string): never {
    throw new PolicyFault(this.offset, message)
  }

  need(count: number): void {
    if (count > this.left) this.fail(`the file ends ${count - this.left} bytes too early`)
  }

  u8(): number {
    this.need(1)
    const value = this.bytes[this.offset] ?? 0
    this.offset += 1
    return value
  }

  u16(): number {
    this.need(2)
    const value = this.view.getUint16(this.offset, true)
    this.offset += 2
    return value
  }

  u32(): number {
    this.need(4)
    const value = this.view.getUint32(this.offset, true)
    this.offset += 4
    return value
  }

  i32(): number {
    return this.u32() | 0
  }

  /** A count of records of at least `size` bytes each: a greater one cannot be true. */
  count(size: number, what: string): number {
    const value = this.u32()
    if (value * size > this.left) {
      this.offset -= 4
      this.fail(`${value} ${what} cannot be in the ${this.left - 4} bytes that follow`)
    }
    return value
  }

  /** Bitmaps hold five elements a byte: what all of them unfold to is limited (Fedora’s policy has half a million). */
  unfold(elements: number): void {
    this.#unfolded += elements
    if (this.#unfolded > mostElements) this.fail(`bitmaps with more than ${mostElements} elements in all`)
  }

  copy(length: number): Uint8Array {
    return Uint8Array.from(this.slice(length))
  }

  /** Bytes as they are; a view, not a copy. */
  slice(length: number): Buffer {
    this.need(length)
    const value = this.bytes.subarray(this.offset, this.offset + length)
    this.offset += length
    return value
  }

  /** An identifier; its length came earlier in its record. No compiler lets anything but visible ASCII through. */
  name(length: number): string {
    if (length > longestName) this.fail(`a name of ${length} bytes`)
    const text = this.text(length)
    if (!/^[\x21-\x7e]+$/.test(text)) this.fail('a name that is no identifier')
    return text
  }

  /** The name of a file: any bytes but NUL, mostly UTF-8. */
  fileName(length: number): string {
    const bytes = this.slice(length)
    if (length === 0 || bytes.includes(0)) this.fail('a file name that is empty or has a NUL')
    return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1')
  }

  text(length: number): string {
    return this.slice(length).toString('latin1')
  }
}
