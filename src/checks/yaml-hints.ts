import type { Place, YamlError } from '../model/yaml-tree.ts'

/** A place that says where the mistake is, its sentence, and what is mostly meant. */
export interface YamlHint {
  readonly place: Place
  readonly message: string
  readonly hint?: string
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
    }
  const value = valueIn(line)
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

// `key: value` or `- key: value` or `- value`: the value, without what is a comment.
const valueIn = (line: string): { readonly text: string; readonly column: number } | undefined => {
  const found = /^(\s*(?:- +)*(?:(?:[\w-]+|'[^']*'|"[^"]*"):\s+)?)(\S.*)$/.exec(line)
  const text = found?.[2]?.trimEnd()
  return text === undefined || text === '' ? undefined : { text, column: (found?.[1]?.length ?? 0) + 1 }
}

const quoted = (text: string): string => {
  const short = text.length <= 60 ? text : `${text.slice(0, 57)}...`
  return `'${short.replaceAll("'", "''")}'`
}

const isClosed = (text: string, quote: string): boolean =>
  quote === "'" ? /^'(?:[^']|'')*'/.test(text) : /^"(?:[^"\\]|\\.)*"/.test(text)
