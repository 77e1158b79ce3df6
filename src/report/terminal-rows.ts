import { forTerminal } from '../model/printable.ts'

/** A label and its text, wrapped at the screen’s width, the text in its own column; every string is made harmless first. */
export type Row = (label: string, text: string, paint?: (text: string) => string) => string

const labelWidth = 9
const longest = 2000

export const rowsOf =
  (columns: number, bold: (text: string) => string): Row =>
  (label, text, paint = bold) => {
    const width = Math.max(20, columns - labelWidth)
    const lines = wrap(forTerminal(text).replaceAll('\n', ' ').slice(0, longest), width)
    return lines
      .map((line, index) =>
        index === 0 ? paint(label.padEnd(labelWidth)) + line : ' '.repeat(labelWidth) + line,
      )
      .join('\n')
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
