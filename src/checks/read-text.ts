import { readFileSync } from 'node:fs'
import { SefleetError, type ErrorCode } from '../errors.ts'

/** The text of a file that an operator wrote: UTF-8, or an error with the place of the first byte that is not. */
export const readText = (
  file: string,
  { shown, invalid }: { readonly shown: string; readonly invalid: ErrorCode },
): string => {
  const bytes = readFileSync(file)
  const other = otherEncoding(bytes)
  if (other !== undefined) throw new SefleetError(invalid, `${shown}:1:1: ${other}`)
  try {
    return decode(bytes)
  } catch (cause) {
    const { line, column, byte } = placeOfBad(bytes)
    throw new SefleetError(
      invalid,
      `${shown}:${line}:${column}: the byte 0x${byte.toString(16).padStart(2, '0')} here is not UTF-8: save the file as UTF-8 (\`iconv -f WINDOWS-1252 -t UTF-8\` converts most of what is not)`,
      { cause },
    )
  }
}

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)

// What Windows saves as "Unicode" is valid UTF-8 but for its mark, and would be a file full of NUL.
const otherEncoding = (bytes: Buffer): string | undefined => {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return 'this file is UTF-16: save it as UTF-8'
  return bytes.includes(0) ? 'this file holds NUL bytes: it is no UTF-8 text' : undefined
}

// The longest part that is valid ends before the byte that is not.
const placeOfBad = (
  bytes: Buffer,
): { readonly line: number; readonly column: number; readonly byte: number } => {
  let [good, bad] = [0, bytes.length]
  const isGood = (end: number): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true })
      return true
    } catch {
      return false
    }
  }
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isGood(middle)) good = middle
    else bad = middle
  }
  const before = new TextDecoder('utf-8').decode(bytes.subarray(0, good), { stream: true }).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, byte: bytes[good] ?? 0 }
}
