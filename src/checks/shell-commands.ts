/** One simple command of a shell text: its words without quotes, and the files it writes to. */
export interface ShellCommand {
  readonly words: readonly string[]
  readonly writesTo: readonly string[]
}

type Token =
  | { readonly sort: 'word'; readonly text: string; readonly inner: readonly string[] }
  | { readonly sort: 'operator'; readonly text: string }

/**
 * The simple commands of a shell text, also those within `$(…)`, backquotes and subshells. It is read as far as telling commands
 * from their words needs: expansions stay as they are written, here-documents are read as if they were commands.
 */
export const shellCommands = (text: string, depth = 0): readonly ShellCommand[] => {
  if (depth > deepest) return []
  const found: ShellCommand[] = []
  let words: string[] = []
  let writesTo: string[] = []
  const end = (): void => {
    if (words.length > 0 || writesTo.length > 0) found.push({ words, writesTo })
    words = []
    writesTo = []
  }
  let redirects: 'in' | 'out' | undefined
  for (const token of tokensOf(text)) {
    if (token.sort === 'word') {
      for (const one of token.inner) found.push(...shellCommands(one, depth + 1))
      if (redirects === 'out') writesTo.push(token.text)
      else if (redirects === undefined) {
        if (words.length === 0 && openers.has(token.text)) continue
        words.push(token.text)
      }
      redirects = undefined
    } else if (/[<>]/.test(token.text)) {
      redirects = token.text.includes('>') ? 'out' : 'in'
    } else end()
  }
  end()
  return found
}

const deepest = 8

// Words behind which a command begins.
const openers: ReadonlySet<string> = new Set([
  'if',
  'then',
  'else',
  'elif',
  'while',
  'until',
  'do',
  '!',
  '{',
  'time',
])

function* tokensOf(text: string): Iterable<Token> {
  let word = ''
  let inner: string[] = []
  let isWord = false
  const take = (): readonly Token[] => {
    const token: readonly Token[] = isWord ? [{ sort: 'word', text: word, inner }] : []
    word = ''
    inner = []
    isWord = false
    return token
  }
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? ''
    const rest = text.slice(at)
    const redirection = /^(?:>>|>\||>&|<>|<<-?|<&|>|<)/.exec(rest)?.[0]
    if (sign === '\\') {
      // a line that goes on
      if (text[at + 1] !== '\n') word += text[at + 1] ?? ''
      isWord = true
      at++
    } else if (sign === "'") {
      const close = text.indexOf("'", at + 1)
      word += text.slice(at + 1, close < 0 ? text.length : close)
      isWord = true
      at = close < 0 ? text.length : close
    } else if (sign === '"') {
      const close = closingQuote(text, at + 1)
      const within = text.slice(at + 1, close)
      word += within
      inner.push(...substitutions(within))
      isWord = true
      at = close
    } else if (sign === '`' || rest.startsWith('$(')) {
      const [whole = sign] = substitutionAt(text, at)
      inner.push(...substitutions(whole))
      word += whole
      isWord = true
      at += whole.length - 1
    } else if (sign === '#' && !isWord) {
      const close = text.indexOf('\n', at)
      at = close < 0 ? text.length : close - 1
    } else if (redirection !== undefined) {
      // A number before it is a descriptor, and no word.
      if (/^\d+$/.test(word)) take()
      yield* take()
      yield { sort: 'operator', text: redirection }
      at += redirection.length - 1
    } else if (/[;&|()\n]/.test(sign)) {
      yield* take()
      // `&>` is an output
      yield { sort: 'operator', text: sign === '&' && text[at + 1] === '>' ? '>' : sign }
      if (sign === '&' && text[at + 1] === '>') at++
    } else if (/\s/.test(sign)) yield* take()
    else {
      word += sign
      isWord = true
    }
  }
  yield* take()
}

const closingQuote = (text: string, from: number): number => {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
    else if (text.startsWith('$(', at)) at += (substitutionAt(text, at)[0]?.length ?? 1) - 1
  }
  return text.length
}

/** The substitution that begins here, with its signs, and what is within. */
const substitutionAt = (text: string, at: number): readonly [string?, string?] => {
  if (text[at] === '`') {
    const close = text.indexOf('`', at + 1)
    const end = close < 0 ? text.length : close + 1
    return [text.slice(at, end), text.slice(at + 1, close < 0 ? text.length : close)]
  }
  let depth = 0
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '\\') end++
    else if (text[end] === "'") end = Math.max(end, text.indexOf("'", end + 1))
    else if (text[end] === '(') depth++
    else if (text[end] === ')' && --depth === 0) return [text.slice(at, end + 1), text.slice(at + 2, end)]
  }
  return [text.slice(at), text.slice(at + 2)]
}

const substitutions = (text: string): readonly string[] => {
  const found: string[] = []
  for (let at = 0; at < text.length; at++)
    if (text[at] === '\\') at++
    else if (text[at] === '`' || text.startsWith('$(', at)) {
      const [whole = ' ', within = ''] = substitutionAt(text, at)
      // arithmetic is no command
      if (!whole.startsWith('$((')) found.push(within)
      at += whole.length - 1
    }
  return found
}
