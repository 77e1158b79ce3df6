import { isMapping, type Mistake, type Path } from './profile-mistakes.ts'

/**
 * Quotes as word processors and web pages set them: to YAML and to the shell they are letters like any. A value that begins with one
 * was meant to be quoted; a text that only quotes a word (“permissive” is gone) is a text.
 */
export const typographicQuotes = (value: unknown, path: Path = []): readonly Mistake[] => {
  if (Array.isArray(value)) return value.flatMap((one, index) => typographicQuotes(one, [...path, index]))
  if (isMapping(value))
    return Object.entries(value).flatMap(([key, one]) => [
      ...(isQuoted(key) ? [{ path: [...path, key], key: true, message }] : []),
      ...typographicQuotes(one, [...path, key]),
    ])
  return typeof value === 'string' && isQuoted(value) ? [{ path, message }] : []
}

/** The same within a command: there one that no plain quotes protect is a letter of a word. */
export const quotesForShell = (command: string): string | undefined =>
  /[“”„‘‚]/.test(command.replace(/'[^']*'|"(?:[^"\\]|\\.)*"/g, '')) ? inShell : undefined

const message = 'these are typographic quotes, which are letters to YAML: write \' or "'
const inShell = 'the command holds typographic quotes, which are letters to the shell: write \' or "'

// A closing one within the text ends a quoted word, not the value.
const isQuoted = (text: string): boolean =>
  /^[“”„‘‚]/.test(text) && (/[“”‘’]$/.test(text) || !/[”’]/.test(text.slice(1)))
