import { forTerminal } from '../model/printable.ts'

const longest = 4000

/** Text for HTML content and quoted attributes; control and bidirectional characters are made visible, length is bounded. */
export const escapeHtml = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  // Templates print texts and numbers only.
  const text =
    typeof value === 'string' ? value : typeof value === 'number' ? String(value) : JSON.stringify(value)
  const bounded = text.length <= longest ? text : `${text.slice(0, longest)}…`
  return forTerminal(bounded).replace(/[&<>"'`]/g, character => `&#${character.charCodeAt(0)};`)
}
