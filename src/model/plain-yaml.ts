import { deepestYaml } from './yaml-document.ts'
import { resolveScalar, type ScalarValue } from './yaml-scalar.ts'
import type { Place, YamlEntry, YamlTree } from './yaml-tree.ts'

/*
 * The plainest YAML there is: block mappings of plain or simply quoted scalars and one-line flow mappings of them. The large
 * inventories are written so, and for ten thousand hosts the library takes as long as everything else together. Whatever
 * this reader is not sure of it leaves to the library, so that it never decides what is YAML; a property test holds the two
 * against each other.
 */

/** The values of a text of that kind; undefined where anything in it is of another kind. */
export const parsePlainYaml = (text: string): YamlTree | undefined => {
  if (!/^[ -~\n]*$/.test(text)) return undefined
  const levels: Level[] = []
  // A key without a value may get one from the lines below it.
  let waiting: Waiting | undefined
  for (const [index, line] of text.split('\n').entries()) {
    if (isSilent(line) || (line === '---' && levels.length === 0)) continue
    const parts = entryPattern.exec(line)
    if (!parts || line.length > longest || line.endsWith(' ')) return undefined
    const [, indentText = '', keyText = '', rest = ''] = parts
    const indent = indentText.length
    const place = { line: index + 1, column: indent + 1 }

    if (levels.length === 0) levels.push(openLevel(place, 0))
    else if (indent > (levels.at(-1)?.indent ?? 0)) {
      if (!waiting) return undefined
      const inner = openLevel(place, indent)
      if (levels.push(inner) > deepestYaml) return undefined
      waiting.takes({ kind: 'mapping', place, entries: inner.entries })
    }
    while ((levels.at(-1)?.indent ?? 0) > indent) levels.pop()
    const level = levels.at(-1)
    if (level?.indent !== indent || level.names.has(keyText)) return undefined
    level.names.add(keyText)
    waiting = undefined

    const key = textIn(keyText, place)
    if (!key) return undefined
    const valuePlace = { line: place.line, column: line.length - rest.length + 1 }
    if (rest.startsWith('#') || rest === '') {
      const { entries } = level
      const at = entries.push({ key, value: { kind: 'scalar', place: valuePlace, value: undefined } }) - 1
      waiting = { takes: value => void (entries[at] = { key, value }) }
      continue
    }
    const value = valueIn(rest, valuePlace)
    if (!value) return undefined
    level.entries.push({ key, value })
  }
  const [root] = levels
  return root && { kind: 'mapping', place: root.place, entries: root.entries }
}

interface Level {
  readonly place: Place
  readonly indent: number
  readonly entries: YamlEntry[]
  /** A key that comes twice is for the library to judge. */
  readonly names: Set<string>
}

interface Waiting {
  readonly takes: (value: YamlTree) => void
}

/** The library limits an implicit key to 1024 characters. */
const longest = 1000
const entryPattern = /^( *)([A-Za-z0-9_][\w./[\]-]*(?::[\w./[\]-]+)*):(?: +(.*))?$/
const isSilent = (line: string): boolean => /^ *(?:#.*)?$/.test(line)
const openLevel = (place: Place, indent: number): Level => ({ place, indent, entries: [], names: new Set() })

const valueIn = (rest: string, place: Place): YamlTree | undefined => {
  const quoted = /^(?:"([^"\\]*)"|'([^']*)')(?: +#.*)?$/.exec(rest)
  if (quoted) return { kind: 'scalar', place, value: quoted[1] ?? quoted[2] ?? '' }
  if (rest.startsWith('{')) return flowIn(rest, place)
  const text = rest.replace(/ +#.*$/, '')
  // Only the first character makes a plain scalar something else, but for a colon that would make it a key.
  if (!/^[A-Za-z0-9_./+~]/.test(text) || /:(?: |$)/.test(text)) return undefined
  return scalarIn(text, place)
}

const flowPattern = /^\{ *([^{}[\]#]+)\}(?: +#.*)?$/
const pairPattern = /^([A-Za-z_][\w-]*): +(?:"([^"\\]*)"|'([^']*)'|([A-Za-z0-9_./+][\w./+-]*)) *$/

const flowIn = (rest: string, place: Place): YamlTree | undefined => {
  const [, inner] = flowPattern.exec(rest) ?? []
  if (inner === undefined) return undefined
  const entries: YamlEntry[] = []
  const names = new Set<string>()
  let column = place.column + rest.indexOf(inner)
  for (const pair of inner.split(',')) {
    const text = pair.trimStart()
    const at = { line: place.line, column: column + pair.length - text.length }
    column += pair.length + 1
    const [found, name = '', double, single, plain] = pairPattern.exec(text) ?? []
    if (found === undefined || names.has(name)) return undefined
    names.add(name)
    const key = textIn(name, at)
    const written = /: +(.*)$/.exec(text)?.[1] ?? ''
    const valuePlace = { line: at.line, column: at.column + text.length - written.length }
    const value =
      plain === undefined
        ? ({ kind: 'scalar', place: valuePlace, value: double ?? single ?? '' } as const)
        : scalarIn(plain, valuePlace)
    if (!key || !value) return undefined
    entries.push({ key, value })
  }
  return { kind: 'mapping', place, entries }
}

// Keys that are numbers or the like may be equal without looking so.
const textIn = (text: string, place: Place): YamlTree | undefined => {
  const tree = scalarIn(text, place)
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree : undefined
}

// A date that no calendar has is an error for the library to tell.
const scalarIn = (text: string, place: Place): YamlTree | undefined => {
  try {
    const value: ScalarValue = resolveScalar(text)
    return { kind: 'scalar', place, value }
  } catch (cause) {
    if (cause instanceof RangeError) return undefined
    throw cause
  }
}
