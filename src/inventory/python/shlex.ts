/** A word with the column, from 1, where it begins (at its quotation mark, if it has one). */
export interface ShlexWord {
  readonly text: string
  readonly column: number
}

export type ShlexWords =
  | { readonly state: 'words'; readonly words: readonly ShlexWord[] }
  | { readonly state: 'wrong'; readonly why: string; readonly column: number }

/**
 * Splits text as Python's `shlex.split(text, comments=True)`. It is not the shell: `#` begins a comment even within a word
 * (`a#b` is `a`), and inside double quotes a backslash escapes only itself and the quotation mark.
 */
export const shlexWords = (text: string): ShlexWords => {
  const words: ShlexWord[] = []
  // A word can be empty (`''`), so no word is not the empty one.
  let word: ShlexWord | undefined
  const add = (characters: string, at: number): void => {
    word = { text: (word?.text ?? '') + characters, column: word?.column ?? at + 1 }
  }
  const finish = (): void => {
    if (word) words.push(word)
    word = undefined
  }

  for (let at = 0; at < text.length;) {
    token.lastIndex = at
    const [all = '', blank, comment, escaped, quoted, plain] = token.exec(text) ?? []
    if (blank !== undefined || comment !== undefined) finish()
    else if (escaped !== undefined) add(escaped, at)
    else if (plain !== undefined) add(plain, at)
    else if (quoted !== undefined) {
      const found = readQuoted(text, at)
      if (found === undefined)
        return { state: 'wrong', why: 'this quotation mark has no partner', column: at + 1 }
      add(found.text, at)
      at = found.end
      continue
    } else return { state: 'wrong', why: 'nothing follows this backslash', column: at + 1 }
    at += all.length
  }
  finish()
  return { state: 'words', words }
}

const token = /([ \t\r\n]+)|(#[^\n]*\n?)|\\([\s\S])|(['"])|([^ \t\r\n#\\'"]+)|/y

const readQuoted = (
  text: string,
  begin: number,
): { readonly text: string; readonly end: number } | undefined => {
  const quote = text.charAt(begin)
  let inner = ''
  for (let at = begin + 1; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === quote) return { text: inner, end: at + 1 }
    const next = text.charAt(at + 1)
    if (quote === '"' && character === '\\' && (next === '\\' || next === '"')) at++
    inner += text.charAt(at)
  }
  return undefined
}
