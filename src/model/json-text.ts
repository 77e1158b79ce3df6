import { printParseErrorCode, visit } from 'jsonc-parser'
import { YamlError, unsafeIn, type Place, type YamlEntry, type YamlTree } from './yaml-tree.ts'

/**
 * Parses JSON by the rules of Python's `json.loads`: ints apart from floats, `NaN` and `Infinity`, of duplicate keys the last;
 * and by those of Ansible's decoder: the keys `__ansible_vault` and `__ansible_unsafe` make their object an encrypted value
 * and unsafe text. Throws YamlError.
 */
export const parseJsonText = (text: string): YamlTree => {
  let strict = text
  let refusal = refusalOf(text)
  if (refusal !== undefined && /NaN|Infinity/.test(text)) {
    strict = withoutConstants(text)
    refusal = refusalOf(strict)
  }
  const tree = grow(strict, text)
  // The visitor is more lenient than JSON here and there; JSON.parse has the last word.
  if (refusal !== undefined || !tree)
    throw new YamlError(refusal ?? 'expected a value', { line: 1, column: 1 })
  return tree
}

/** Python gives up at a depth of about a thousand, too. */
const deepest = 1000
/** Python's own limit for the digits of an int. */
const mostDigits = 4300

const refusalOf = (text: string): string | undefined => {
  try {
    JSON.parse(text)
    return undefined
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

// What Python takes beyond JSON gives way to numbers of the same length, so that every place stays right; `1e999999` is
// Infinity itself. What stands in a text is none of it.
const withoutConstants = (text: string): string => {
  const parts = /\\[^]|"|(?<![\w.+-])NaN(?![\w.+-])|(?<![\w.+])Infinity(?![\w.+-])/g
  let isInText = false
  return text.replaceAll(parts, part => {
    if (part === '"') isInText = !isInText
    if (isInText) return part
    return part === 'NaN' ? '0.0' : part === 'Infinity' ? '1e999999' : part
  })
}

type Open =
  | { readonly kind: 'mapping'; readonly place: Place; readonly entries: Map<string, YamlEntry>; key: Key }
  | { readonly kind: 'sequence'; readonly place: Place; readonly items: YamlTree[] }
type Key = { readonly kind: 'scalar'; readonly place: Place; readonly value: string }

const grow = (strict: string, text: string): YamlTree | undefined => {
  const opened: Open[] = []
  let root: YamlTree | undefined

  const open = (one: Open): void => {
    if (opened.push(one) > deepest) throw new YamlError(`nested more than ${deepest} deep`, one.place)
  }
  const close = (): void => {
    const one = opened.pop()
    if (one) add(one.kind === 'sequence' ? one : decoded(one.place, [...one.entries.values()]))
  }
  const add = (value: YamlTree): void => {
    const parent = opened.at(-1)
    if (!parent) root = value
    else if (parent.kind === 'sequence') parent.items.push(value)
    // As in Python's dict, a key that comes again keeps its first position.
    else parent.entries.set(parent.key.value, { key: parent.key, value })
  }

  visit(
    strict,
    {
      onObjectBegin: (_offset, _length, line, character) => open(openMapping(placeAt(line, character))),
      onArrayBegin: (_offset, _length, line, character) =>
        open({ kind: 'sequence', place: placeAt(line, character), items: [] }),
      onObjectProperty: (name, _offset, _length, line, character) => {
        const parent = opened.at(-1)
        if (parent?.kind === 'mapping')
          parent.key = { kind: 'scalar', place: placeAt(line, character), value: name }
      },
      onLiteralValue: (value: unknown, offset, length, line, character) => {
        const place = placeAt(line, character)
        add({ kind: 'scalar', place, value: literal(value, text.slice(offset, offset + length), place) })
      },
      onObjectEnd: close,
      onArrayEnd: close,
      onError: (code, offset, length, line, character) => {
        const sentence = sentences[printParseErrorCode(code)]
        const token = text.slice(offset, offset + Math.min(length, 40))
        throw new YamlError(sentence ?? `'${token}' is no JSON value`, placeAt(line, character))
      },
    },
    { disallowComments: true, allowTrailingComma: false },
  )
  return root
}

// Every value in it comes after its key; until the first there is none.
const openMapping = (place: Place): Open => ({
  kind: 'mapping',
  place,
  entries: new Map(),
  key: { kind: 'scalar', place, value: '' },
})

const placeAt = (line: number, character: number): Place => ({ line: line + 1, column: character + 1 })

const literal = (value: unknown, written: string, place: Place) => {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value !== 'number') return undefined
  if (written === 'NaN') return Number.NaN
  if (/[.eEI]/.test(written)) return value
  if (written.length - (written.startsWith('-') ? 1 : 0) > mostDigits) {
    throw new YamlError(`a whole number of more than ${mostDigits} digits`, place)
  }
  return BigInt(written)
}

// Of the two marks the first in the object counts; what stands beside it is lost, in Ansible as well.
const decoded = (place: Place, entries: readonly YamlEntry[]): YamlTree => {
  for (const { key, value } of entries) {
    const name = key.kind === 'scalar' ? key.value : undefined
    if (name === '__ansible_unsafe') return unsafeIn(value)
    if (name !== '__ansible_vault') continue
    if (value.kind === 'scalar' && typeof value.value === 'string')
      return { kind: 'vault', place, text: value.value }
    throw new YamlError('the value of __ansible_vault must be text', value.place)
  }
  return { kind: 'mapping', place, entries }
}

const sentences: Readonly<Record<string, string>> = {
  PropertyNameExpected: 'expected a name in double quotes',
  ValueExpected: 'expected a value',
  ColonExpected: "expected ':'",
  CommaExpected: "expected ','",
  CloseBraceExpected: "expected '}'",
  CloseBracketExpected: "expected ']'",
  EndOfFileExpected: 'expected nothing more after the value',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfString: 'this text has no closing quotation mark on its line',
  UnexpectedEndOfNumber: 'this number is not finished',
  InvalidUnicode: 'this text has a \\u without four hexadecimal digits',
  InvalidEscapeCharacter: 'this text has a backslash before a character that takes none',
  InvalidCharacter: 'this text has a control character',
}
