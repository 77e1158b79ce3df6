/** A number as Python writes one: an int is a bigint, a float a number; `1j` has an imaginary part only. */
export interface PythonNumber {
  readonly end: number
  readonly real?: bigint | number
  readonly imaginary?: number
}

/** Python refuses to convert a longer decimal (sys.int_info.default_max_str_digits). */
const mostDigits = 4300

/** The number that begins at this offset; undefined where none does, or one that Python refuses (`010`). */
export const numberAt = (text: string, offset: number): PythonNumber | undefined => {
  const whole = match(radix, text, offset)
  if (whole !== undefined) {
    return { end: offset + whole.length, real: BigInt(whole.replaceAll('_', '')) }
  }
  const token = match(decimal, text, offset)
  if (token === undefined) return undefined
  const end = offset + token.length
  const plain = token.replaceAll('_', '')
  if (/[jJ]$/.test(plain)) return { end, imaginary: Number(plain.slice(0, -1)) }
  if (/[.eE]/.test(plain)) return { end, real: Number(plain) }
  if (/^0+$/.test(plain)) return { end, real: 0n }
  if (plain.startsWith('0') || plain.length > mostDigits) return undefined
  return { end, real: BigInt(plain) }
}

const radix = /0(?:[xX](?:_?[0-9a-fA-F])+|[oO](?:_?[0-7])+|[bB](?:_?[01])+)/y
const decimal =
  /(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][-+]?[0-9](?:_?[0-9])*)?[jJ]?/y

const match = (pattern: RegExp, text: string, offset: number): string | undefined => {
  pattern.lastIndex = offset
  return pattern.exec(text)?.[0]
}
