/** One string of a Python text; of bytes the text holds a character per byte. */
export interface PythonString {
  readonly end: number
  readonly kind: 'str' | 'bytes'
  readonly text: string
}

/**
 * The string literal that begins at this offset; undefined where none does, or where Python refuses it. Not taken either:
 * f-strings, which are no literals, and `\N{…}`, whose names only Python knows.
 */
export const stringAt = (source: string, offset: number): PythonString | undefined => {
  opening.lastIndex = offset
  const found = opening.exec(source)
  if (!found) return undefined
  const [token, prefix = '', quote = ''] = found
  const begin = offset + token.length
  const close = closing(source, begin, quote)
  if (close === undefined) return undefined
  const kind = /b/i.test(prefix) ? 'bytes' : 'str'
  const body = source.slice(begin, close)
  // eslint-disable-next-line no-control-regex
  if (kind === 'bytes' && /[^\0-\x7f]/.test(body)) return undefined
  const text = /r/i.test(prefix) ? body : unescape(body, kind)
  return text === undefined ? undefined : { end: close + quote.length, kind, text }
}

/** Bytes as Ansible makes text of them: UTF-8, and what is none becomes lone surrogates (Python's `surrogateescape`). */
export const textOfBytes = (characters: string): string => {
  const bytes = Buffer.from(characters, 'latin1')
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const [length, character] = characterAt(bytes, at)
    text += character
    at += length
  }
  return text
}

const opening = /([rR][bB]?|[bB][rR]?|[uU])?('''|"""|'|")/y

// No regular expression: a long string would overflow its stack.
const closing = (source: string, begin: number, quote: string): number | undefined => {
  for (let at = begin; at < source.length; at++) {
    if (source[at] === '\\') at++
    else if (source.startsWith(quote, at)) return at
  }
  return undefined
}

const controls: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const escape =
  /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([abfnrtv])|(['"\\])|([\s\S]))/g

/** Undefined for an escape that Python refuses, as `\x4`; one it does not know, as `\d`, stays as it is. */
const unescape = (body: string, kind: PythonString['kind']): string | undefined => {
  let isWrong = false
  const text = body.replace(
    escape,
    (
      all: string,
      byte?: string,
      four?: string,
      eight?: string,
      octal?: string,
      control?: string,
      own?: string,
      other = '',
    ) => {
      const code = parseInt(byte ?? four ?? eight ?? '', 16)
      if (byte !== undefined) return String.fromCharCode(code)
      if (octal !== undefined)
        return String.fromCharCode(parseInt(octal, 8) & (kind === 'bytes' ? 0xff : 0x1ff))
      if (control !== undefined) return controls[control] ?? all
      if (own !== undefined) return own
      if (kind === 'str' && !Number.isNaN(code) && code <= 0x10_ff_ff) return String.fromCodePoint(code)
      if (other === 'x' || (kind === 'str' && (!Number.isNaN(code) || /^[uUN]$/.test(other)))) isWrong = true
      return all
    },
  )
  return isWrong ? undefined : text
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const characterAt = (bytes: Uint8Array, at: number): readonly [length: number, character: string] => {
  for (const length of [1, 2, 3, 4]) {
    try {
      return [length, utf8.decode(bytes.subarray(at, at + length))]
    } catch {
      // not a whole character yet, or none at all
    }
  }
  return [1, String.fromCharCode(0xdc_00 + (bytes[at] ?? 0))]
}
