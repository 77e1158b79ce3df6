/** Splits text as a POSIX shell splits words (quotes and backslashes, nothing expanded); undefined for an open quote. */
export const shellWords = (text: string): readonly string[] | undefined => {
  const words: string[] = []
  let word: string | undefined
  let rest = text
  while (rest !== '') {
    const [token = ''] = /^(?:\s+|'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\]+)/s.exec(rest) ?? []
    if (token === '') return undefined
    rest = rest.slice(token.length)
    if (/^\s/.test(token)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + unquote(token)
  }
  return word === undefined ? words : [...words, word]
}

const unquote = (token: string): string => {
  if (token.startsWith("'")) return token.slice(1, -1)
  // Inside double quotes the backslash is special only before these.
  if (token.startsWith('"')) return token.slice(1, -1).replaceAll(/\\([\\"$`])/g, '$1')
  return token.startsWith('\\') ? token.slice(1) : token
}
