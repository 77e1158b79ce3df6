import { forTerminal } from '../model/printable.ts'

/** A label and its text, wrapped at the screen’s width, the text in its own column; every string is made harmless first. */
export interface Row {
  (label: string, text: string, paint?: (text: string) => string): string
  /** No more lines than these: what stands behind a semicolon is left to the report where it has no room. */
  readonly within: (label: string, text: string, mostLines: number) => string
}

const labelWidth = 9
const longest = 2000

export const rowsOf = (columns: number, bold: (text: string) => string): Row => {
  const width = Math.max(20, columns - labelWidth)
  const linesOf = (text: string): readonly string[] =>
    wrap(forTerminal(text).replaceAll('\n', ' ').slice(0, longest), width)
  const inColumn = (label: string, lines: readonly string[], paint = bold): string =>
    lines
      .map((line, index) =>
        index === 0 ? paint(label.padEnd(labelWidth)) + line : ' '.repeat(labelWidth) + line,
      )
      .join('\n')
  return Object.assign(
    (label: string, text: string, paint?: (text: string) => string) => inColumn(label, linesOf(text), paint),
    {
      within: (label: string, text: string, mostLines: number) =>
        inColumn(label, shortened(text, mostLines, linesOf)),
    },
  )
}

const more = '; more in the report'

const shortened = (
  text: string,
  mostLines: number,
  linesOf: (text: string) => readonly string[],
): readonly string[] => {
  const whole = linesOf(text)
  if (whole.length <= mostLines) return whole
  const pieces = text.slice(0, longest).split('; ')
  while (pieces.length > 1) {
    const [last = ''] = pieces.splice(-1)
    const lines = linesOf(pieces.join('; ') + more)
    if (lines.length > mostLines) continue
    // Where lines stay free, the next reason is begun: it may name what brought the first.
    return lines.length < mostLines - 1
      ? (begun(`${pieces.join('; ')}; `, last, mostLines, linesOf) ?? lines)
      : lines
  }
  return begun('', pieces[0] ?? '', mostLines, linesOf) ?? whole.slice(0, mostLines)
}

const begun = (
  before: string,
  text: string,
  mostLines: number,
  linesOf: (text: string) => readonly string[],
): readonly string[] | undefined => {
  const words = text.split(' ')
  while (words.length > 1) {
    words.pop()
    const lines = linesOf(`${before}${words.join(' ')} …${more}`)
    if (lines.length <= mostLines) return lines
  }
  return undefined
}

const wrap = (text: string, width: number): readonly string[] => {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
    for (let last = lines.at(-1) ?? ''; last.length > width; last = lines.at(-1) ?? '')
      lines.splice(-1, 1, last.slice(0, width), last.slice(width))
  }
  return lines
}
