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
  const lines = text.split(/\r?\n/)
  const line = lines[place.line - 1] ?? ''
  const tab = lines.findIndex(one => /^ *\t+\s*[^\s#]/.test(one))
  if (tab >= 0 && tab < place.line)
    return {
      place: { line: tab + 1, column: lines[tab]?.indexOf('\t') ?? 0 + 1 },
      message: 'a tab sets this line in',
      hint: 'YAML takes blanks only',
    }
  const value = valueIn(line)
  const at = (hint: string, what = message): YamlHint => ({ place, message: what, hint })
  if (value === undefined) return { place, message }
  const quote = `put the value in single quotes: ${quoted(value.text)}`
  const first = value.text[0] ?? ''
  const reserved: Readonly<Record<string, string>> = {
    '%': 'a directive',
    '@': 'nothing yet',
    '`': 'nothing yet',
    '*': 'an alias',
    '&': 'an anchor',
    '!': 'a tag',
    '|': 'a block of text',
    '>': 'a block of text',
  }
  if (first in reserved && !/^[|>][-+\d]*\s*(?:#.*)?$/.test(value.text))
    return {
      place: { line: place.line, column: value.column },
      message: `a value that begins with ${first} is something else to YAML (${reserved[first] ?? ''})`,
      hint: quote,
    }
  if ((first === '"' || first === "'") && !isClosed(value.text, first))
    return at(`a quote is opened with ${first} in this line and not closed in it`)
  if (first === '"' && /\\/.test(value.text) && /escape/i.test(message))
    return at('in double quotes a backslash begins an escape: use single quotes')
  if (first === '"' || first === "'")
    return at(
      `what follows the closing ${first} is outside the quotes: put all of the value in quotes, with '' for a ' within`,
    )
  if (first === '[' || first === '{')
    return at(
      `${first} begins a ${first === '[' ? 'list' : 'mapping'}: if a text is meant, ${quote}`,
    )
  if (first === '?') return at(quote)
  if (/:(?:\s|$)/.test(value.text)) return at(`a colon and a blank within a value end it: ${quote}`)
  return { place, message }
}

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
