import type { Frame } from '../../src/model/record.ts'

/** Numbers between 0 and 1, the same ones for the same seed. */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** What no number of a node can be, and what one may just be. */
const absurd: readonly string[] = [
  '99999999999999',
  '-1',
  '0',
  '1',
  '1e400',
  'NaN',
  'Infinity',
  '4102444800',
  '7258118401',
  '631151999',
  '8640000000001',
  '18446744073709551615',
  '2147483648',
  '0x7fffffff',
  '1.5',
  '',
  '9'.repeat(400),
]

const odd: readonly string[] = [
  '\0',
  '\u0001',
  '\u001b[2J\u001b]8;;https://evil.example\u0007',
  '\u202e',
  '\u2028',
  '\ud800',
  '\ufffd',
  '\r',
  '\t',
  '\n',
  '=',
  '<script>alert(1)</script>',
  ']]>',
  '{{ lookup("pipe", "id") }}',
  '../../../etc/passwd',
  '__proto__',
  'constructor',
  '%s%n',
]

type Random = () => number
const below = (random: Random, count: number): number => Math.floor(random() * count)
const oneOf = <Value>(random: Random, values: readonly Value[]): Value => {
  const value = values[below(random, values.length)]
  if (value === undefined) throw new Error('nothing to choose from')
  return value
}

const atWord = (text: string, random: Random, pattern: RegExp, change: (word: string) => string): string => {
  const words = [...text.matchAll(pattern)]
  if (words.length === 0) return text
  const { index, 0: word } = oneOf(random, words)
  return text.slice(0, index) + change(word) + text.slice(index + word.length)
}

const lines = (text: string, change: (all: string[]) => readonly string[]): string =>
  change(text.split('\n')).join('\n')

type Edit = (text: string, random: Random) => string

const edits: readonly Edit[] = [
  (text, random) => atWord(text, random, /\d+(?:\.\d+)?/g, () => oneOf(random, absurd)),
  // A time among the numbers, by its length.
  (text, random) => atWord(text, random, /\d{9,}(?:\.\d+)?/g, () => oneOf(random, absurd)),
  (text, random) => atWord(text, random, /\d{9,}/g, word => String(Number(word) + (random() - 0.5) * 2e9)),
  (text, random) => atWord(text, random, /[\w.-]+/g, () => oneOf(random, odd)),
  (text, random) => atWord(text, random, /[\w.-]+/g, word => word + oneOf(random, odd)),
  (text, random) => atWord(text, random, /[\w.-]+/g, word => word.repeat(1 + below(random, 3000))),
  (text, random) => atWord(text, random, /[^\w\s]/g, () => ''),
  (text, random) => atWord(text, random, /[\w.-]+/g, () => oneOf(random, text.match(/[\w.-]+/g) ?? [''])),
  (text, random) =>
    lines(text, all => {
      const at = below(random, all.length)
      return [...all.slice(0, at), ...all.slice(at + 1)]
    }),
  (text, random) => lines(text, all => all.flatMap(line => (random() < 0.5 ? [line] : [line, line]))),
  (text, random) => lines(text, all => all.toSorted(() => random() - 0.5)),
  (text, random) => lines(text, all => all.filter(() => random() < 0.7)),
  (text, random) => text.slice(0, below(random, text.length + 1)),
  (text, random) => text.slice(below(random, text.length + 1)),
  (text, random) => {
    const at = below(random, text.length + 1)
    return text.slice(0, at) + oneOf(random, odd).repeat(1 + below(random, 200)) + text.slice(at)
  },
  (text, random) => text + oneOf(random, [' ', 'a', '9', '\n', '#end 0\n']).repeat(20_000),
  text => text.toUpperCase(),
  text => text.replaceAll('\n', '\r\n'),
  text => text.split('').join('\0'),
]

let serial = 0

/** A frame that was tampered with, somehow: its text, its bytes, its status, its end. */
export const tampered = (frame: Frame, random: Random): Frame => {
  let stdout = frame.stdout
  for (let count = 1 + below(random, 3); count > 0; count--) stdout = oneOf(random, edits)(stdout, random)
  const sha256 = `tampered-${(serial += 1)}`
  const changed: Frame = { ...frame, stdout, sha256 }
  switch (below(random, 12)) {
    case 0:
      return { ...changed, stdout: Buffer.from(stdout, 'utf16le').toString('base64'), encoding: 'base64' }
    case 1:
      return {
        ...changed,
        stdout: Buffer.from(
          Buffer.from(stdout, 'latin1').map(byte => (random() < 0.01 ? 0xff : byte)),
        ).toString('base64'),
        encoding: 'base64',
      }
    case 2:
      return { ...changed, cut: oneOf(random, ['bytes', 'time'] as const) }
    case 3:
      return { ...changed, exit: oneOf(random, [0, 1, 3, 124, 137, 251, 252, 255, -1, 99_999]) }
    case 4:
      return { ...changed, stderr: oneOf(random, odd).repeat(300) }
    default:
      return changed
  }
}
