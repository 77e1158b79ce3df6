import type { Place, YamlError } from '../model/yaml-tree.ts'

/** A place that says where the mistake is, its sentence, and what is mostly meant. */
export interface YamlHint {
  readonly place: Place
  readonly message: string
  readonly hint?: string
  /** It is a mistake of this very line, whatever the lines before are. */
  readonly isTrap?: true
  /** The line as it was meant, where that is plain. */
  readonly meant?: string
}

/**
 * What lies behind a text that is not YAML, where it is one of YAML's own traps: a plain value that holds `: `, begins with a sign
 * that YAML keeps for itself, is quoted in part only, or a line that is set in by a tab. The parser notices some of them lines later.
 */
export const yamlHint = (text: string, { place, message }: YamlError): YamlHint => {
  // Our own limit, no trap of YAML's.
  if (message.startsWith('nested more than')) return { place, message }
  const lines = text.split(/\r?\n/)
  const line = lines[place.line - 1] ?? ''
  const tab = lines.findIndex(one => /^ *\t+\s*[^\s#]/.test(one))
  if (tab >= 0 && tab < place.line)
    return {
      place: { line: tab + 1, column: (lines[tab]?.indexOf('\t') ?? 0) + 1 },
      message: 'a tab sets this line in',
      hint: 'YAML takes blanks only',
      isTrap: true,
    }
  const blank = /^\s*\u00a0|[:-]\u00a0/.exec(line)
  if (blank)
    return {
      place: { line: place.line, column: line.indexOf('\u00a0') + 1 },
      message: 'a no-break space stands here, as web pages have them',
      hint: 'YAML takes plain blanks only',
      isTrap: true,
    }
  const joined = [place.line - 1, place.line - 2].find(index => joinedPattern.test(lines[index] ?? ''))
  if (joined !== undefined && /implicit|nested|multiline|map/i.test(message)) {
    const [, before = '', key = '', said = ''] = joinedPattern.exec(lines[joined] ?? '') ?? []
    return {
      place: { line: joined + 1, column: before.length + 1 },
      message: `a blank is needed after the colon, as ${key}: ${shortened(said)}`,
      isTrap: true,
      meant: `${before}${key}: ${said}`,
    }
  }
  const whole = valueIn(line)
  const value = whole && (withinFlow(whole, place.column) ?? whole)
  if (message.startsWith('nothing is named') && value !== undefined)
    return {
      place,
      message,
      hint: `to YAML, * begins an alias: if a text is meant, put it in single quotes: ${quoted(value.text)}`,
      isTrap: true,
    }
  const at = (hint: string, what = message): YamlHint => ({ place, message: what, hint })
  if (value === undefined) return { place, message }
  const quote = `put the value in single quotes: ${quoted(value.text)}`
  const first = value.text[0] ?? ''
  const begins = { line: place.line, column: value.column }
  if (first in reserved && !/^[|>][-+\d]*\s*(?:#.*)?$/.test(value.text))
    return {
      place: begins,
      message: `a plain value cannot begin with ${first}: ${reserved[first] ?? ''}`,
      hint: quote,
      isTrap: true,
    }
  if (/escape/i.test(message)) return at('in double quotes a backslash begins an escape: use single quotes')
  if (/unique/i.test(message)) return { place, message: 'this key is there already: each key once' }
  if ((first === '"' || first === "'") && !isClosed(value.text, first))
    return {
      place: begins,
      message: `a quote is opened with ${first} in this line and not closed in it`,
      hint: 'close it, or set in the lines that go on with it',
    }
  if (first === '"' || first === "'")
    return {
      place,
      message: `what follows the closing ${first} is outside the quotes`,
      hint: quote,
    }
  if (first === '[' || first === '{')
    return at(`${first} begins a ${first === '[' ? 'list' : 'mapping'}: if a text is meant, ${quote}`)
  if (first === '?') return at(quote)
  const next = lines.slice(place.line).find(one => one.trim() !== '')
  if (next !== undefined && indentOf(next) > indentOf(line) && !/:(?:\s|$)/.test(value.text))
    return at('the next line is set in deeper than this one: begin both in the same column')
  if (/:(?:\s|$)/.test(value.text)) return at(`a colon and a blank within a value end it: ${quote}`)
  return { place, message }
}

const reserved: Readonly<Record<string, string>> = {
  '%': 'YAML keeps that for itself',
  '@': 'YAML keeps that for itself',
  '`': 'YAML keeps that for itself',
  '*': 'to YAML that is an alias',
  '&': 'to YAML that is an anchor',
  '!': 'to YAML that is a tag',
  '|': 'to YAML that is a block of text',
  '>': 'to YAML that is a block of text',
}

const indentOf = (line: string): number => /^ */.exec(line)?.[0].length ?? 0

interface Value {
  readonly text: string
  readonly column: number
}

// `key: value` or `- key: value` or `- value`: the value, without what is a comment.
const valueIn = (line: string): Value | undefined => {
  const found = /^(\s*(?:- +)*(?:(?:[\w-]+|'[^']*'|"[^"]*"):\s+)?)(\S.*)$/.exec(line)
  const text = found?.[2]?.trimEnd()
  return text === undefined || text === '' ? undefined : { text, column: (found?.[1]?.length ?? 0) + 1 }
}

// `severity:low` is one word, and the lines below it belong to nothing; an address has slashes there.
const joinedPattern = /^(\s*(?:- +)*)([A-Za-z][\w-]*):([^\s:/].*)$/

// Of a list or a mapping in one line the entry that a column lies in: `{ path: /etc/x, mode: %644 }` is not to be quoted as a whole.
const withinFlow = (whole: Value, column: number): Value | undefined => {
  if (!/^[[{]/.test(whole.text) || column <= whole.column) return undefined
  let [start, quote] = [0, '']
  const at = Math.min(column - whole.column, whole.text.length - 1)
  for (let index = 0; index < at; index++) {
    const character = whole.text[index] ?? ''
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'") quote = character
    else if ('[{,'.includes(character)) start = index + 1
  }
  const entry = /^\s*(?:[\w-]+:\s+)?/.exec(whole.text.slice(start))?.[0].length ?? 0
  const rest = whole.text.slice(start + entry)
  const [text = ''] = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,\]}])*/.exec(rest) ?? []
  return text.trim() === '' || /^[[{]/.test(text)
    ? undefined
    : { text: text.trimEnd(), column: whole.column + start + entry }
}

const shortened = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 57)}...`)
const quoted = (text: string): string => `'${shortened(text).replaceAll("'", "''")}'`

const isClosed = (text: string, quote: string): boolean =>
  quote === "'" ? /^'(?:[^']|'')*'/.test(text) : /^"(?:[^"\\]|\\.)*"/.test(text)
