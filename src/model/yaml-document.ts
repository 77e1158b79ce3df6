import { LineCounter, parseDocument } from 'yaml'
import { YamlError, type Place } from './yaml-tree.ts'

/** Parses one document, with a way to find the place of an offset. Throws YamlError for the first mistake. */
export const parseOne = (text: string, options: Parameters<typeof parseDocument>[1]) => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, ...options })
  const placeAt = (offset: number): Place => new PlaceInText(lines, offset)
  const [error] = document.errors
  if (error) throw new YamlError(sentenceOf(error.code, error.message), placeAt(error.pos[0]))
  return { document, placeAt }
}

// Worked out when asked for: of the places of a large inventory hardly any ever is.
class PlaceInText implements Place {
  readonly #lines: LineCounter
  readonly #offset: number

  constructor(lines: LineCounter, offset: number) {
    this.#lines = lines
    this.#offset = offset
  }
  get line(): number {
    return Math.max(1, this.#lines.linePos(this.#offset).line)
  }
  get column(): number {
    return Math.max(1, this.#lines.linePos(this.#offset).col)
  }
}

// Where the library speaks to programmers, or says less than helps.
const sentenceOf = (code: string, message: string): string => {
  if (code === 'MULTIPLE_DOCS') return 'there is more than one document in this file'
  if (/Missing closing .*quote/.test(message)) return `${message}; the lines of a quoted text must be set in`
  return message
}
