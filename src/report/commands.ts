import { escapeHtml } from './escape-html.ts'
import { escapeMarkdown } from './escape-markdown.ts'

/** A remedy's text in pieces: what stands in backticks is a command, to be typed as it is. */
export const piecesOf = (text: string): readonly { readonly text: string; readonly isCommand: boolean }[] => {
  const pieces = text.split('`')
  // A backtick without its other one is a letter like any.
  const whole =
    pieces.length % 2 === 1
      ? pieces
      : [...pieces.slice(0, -2), `${pieces.at(-2) ?? ''}\`${pieces.at(-1) ?? ''}`]
  return whole
    .map((piece, index) => ({ text: piece, isCommand: index % 2 === 1 }))
    .filter(one => one.text !== '')
}

/** The same for a page; all of it escaped. */
export const commandsToHtml = (text: string): string =>
  piecesOf(text)
    .map(one => (one.isCommand ? `<code>${escapeHtml(one.text)}</code>` : escapeHtml(one.text)))
    .join('')

/** And for Markdown: what is no plain command is escaped like all text. */
export const commandsToMarkdown = (text: string): string =>
  piecesOf(text)
    .map(one =>
      one.isCommand && /^[\w .,:=+@~/^-]+$/.test(one.text) ? `\`${one.text}\`` : escapeMarkdown(one.text),
    )
    .join('')
