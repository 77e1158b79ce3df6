import { isCollection, isPair, LineCounter, parseDocument, type Document } from 'yaml'
import { YamlError, type Place } from './yaml-tree.ts'

/** Parses one document, with a way to find the place of an offset. Throws YamlError for the first mistake. */
export const parseOne = (text: string, options: Parameters<typeof parseDocument>[1]) => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, ...options })
  const placeAt = (offset: number): Place => new PlaceInText(lines, offset)
  const [error] = document.errors
  if (error) throw new YamlError(sentenceOf(error.code, error.message), placeAt(error.pos[0]))
  refuseDepth(document, placeAt)
  return { document, placeAt }
}

/** Deeper than anybody writes: whoever goes through a tree may do it by calling itself. */
export const deepestYaml = 256
const tooDeep = `nested more than ${deepestYaml} deep`

const refuseDepth = (document: Document, placeAt: (offset: number) => Place): void => {
  let wave: readonly unknown[] = [document.contents]
  for (let depth = 0; wave.length > 0; depth++) {
    const collections = wave.filter(isCollection)
    const [first] = collections
    if (depth >= deepestYaml && first) throw new YamlError(tooDeep, placeAt(first.range?.[0] ?? 0))
    const items: readonly unknown[] = collections.flatMap(({ items: some }) => some)
    wave = items.flatMap(item => (isPair(item) ? [item.key, item.value] : [item]))
  }
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
  // The library's own depth is that of the stack.
  if (message.includes('call stack')) return tooDeep
  if (/Missing closing .*quote/.test(message)) return `${message}; the lines of a quoted text must be set in`
  return message
}
