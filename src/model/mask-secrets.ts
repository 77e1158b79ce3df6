import { hidden, type Secret } from './secret.ts'

/**
 * Takes secrets that were given to a node out of what it says: as they are, and in base64. Shorter ones are taken out only where they are a
 * whole line (what echoes them): "a1" may stand anywhere.
 */
export const maskerOf = (secrets: readonly (Secret | undefined)[]): ((text: string) => string) => {
  const words = new Set<string>()
  const lines = new Set<string>()
  for (const secret of secrets) {
    const text = secret?.reveal().trim() ?? ''
    if (text.length >= shortest) {
      words.add(text)
      words.add(Buffer.from(text).toString('base64').replace(/=+$/, ''))
    } else if (text !== '') lines.add(text)
  }
  if (words.size + lines.size === 0) return text => text
  // The longest first: one may begin with another.
  const parts = [...words].toSorted((a, b) => b.length - a.length).map(asPattern)
  const whole = [...lines].map(line => `^\\s*${escaped(line)}\\s*$`)
  const pattern = new RegExp([...parts, ...whole].join('|'), 'gm')
  return text => text.replace(pattern, hidden)
}

const shortest = 6

// A word within a longer word is another word.
const asPattern = (text: string): string =>
  `${/^\w/.test(text) ? '(?<!\\w)' : ''}${escaped(text)}${/\w$/.test(text) ? '(?!\\w)' : ''}`

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
