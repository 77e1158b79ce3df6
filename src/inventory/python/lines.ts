/** A line without the blanks around it, and the column, from 1, where it begins. */
export interface Line {
  readonly text: string
  readonly number: number
  readonly column: number
}

/**
 * The lines of a text as Python's `splitlines` and `strip` give them, empty ones left out. JavaScript's own ideas of a line
 * and of a blank are others: Python also ends a line at a form feed or U+0085, and U+FEFF is no blank to it.
 */
export const pythonLines = (text: string): readonly Line[] =>
  text.split(lineEnd).flatMap((line, index) => {
    const begin = line.search(visible)
    if (begin < 0) return []
    return [{ text: pythonStrip(line), number: index + 1, column: begin + 1 }]
  })

/** Python's `str.strip()`. */
export const pythonStrip = (text: string): string => {
  const begin = text.search(visible)
  if (begin < 0) return ''
  let end = text.length
  while (!visible.test(text.charAt(end - 1))) end--
  return text.slice(begin, end)
}

// eslint-disable-next-line no-control-regex
const lineEnd = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/
// eslint-disable-next-line no-control-regex
const visible = /[^\s\x1c-\x1f\x85]|\ufeff/
