import type { z } from 'zod'
import type { YamlText } from '../model/yaml.ts'
import { isMapping, type Path } from './profile-mistakes.ts'
import { requirementKeys } from './profile-shape.ts'
import { keysAt } from './schema-keys.ts'

export type Issue = z.core.$ZodIssue

/** A value that is not as it should be. */
export interface Here {
  readonly value: unknown
  readonly path: Path
  readonly yaml: YamlText
  /** What other sorts of value would do. */
  readonly others: readonly Issue[]
}

/** What is wrong with a value of another sort than is needed, with what was most likely meant. */
export const wrongSort = (issues: readonly Issue[], { value, path, yaml }: Here): string => {
  const wanted = issues.flatMap(issue =>
    issue.code === 'invalid_type'
      ? [issue.expected]
      : issue.code === 'invalid_value'
        ? [issue.values.map(String).join(', ')]
        : [],
  )
  const source = short(yaml.source(path))
  const needed = `${[...new Set(wanted.map(one => sorts[one] ?? one))].join(' or ')} is needed`
  if (value === null) return `${needed}, and nothing is here${commentHint(path, yaml)}`
  const isScalar = typeof value === 'number' || typeof value === 'boolean'
  if (isScalar && wanted.includes('string'))
    return `${needed}, and to YAML this is ${typeof value === 'number' ? `the number ${String(value)}` : `the truth value ${String(value)}`}: quote it: '${source}'`
  if (typeof value === 'string' && wanted.includes('boolean')) {
    const meant = truth[value.toLowerCase()]
    return `${needed}, and '${short(value)}' is a text${meant === undefined ? '' : `: write ${String(meant)}`}`
  }
  if (
    typeof value === 'string' &&
    /^\d+$/.test(value) &&
    (wanted.includes('number') || wanted.includes('int'))
  )
    return `${needed}: write ${value} without quotes`
  if (Array.isArray(value) && wanted.includes('string') && !wanted.includes('array'))
    return `${needed}, and this is a list${severalWords(value, path) ?? (source.startsWith('[') ? ` (to YAML, what begins with [ is one): quote it: '${source.replaceAll("'", "''")}'` : '')}`
  if (isMapping(value) && wanted.includes('string'))
    return `${needed}, and this is a mapping${source.startsWith('{') ? ` (to YAML, what begins with { is one): quote it: '${source.replaceAll("'", "''")}'` : ': quote a text that holds a colon and a blank'}`
  if (wanted.includes('array'))
    return isMapping(value) ? `${needed}: begin each entry with a dash` : `${needed}: write [${source}]`
  if (wanted.includes('object')) {
    const keys = keysAt(path)
    const spaced = typeof value === 'string' ? spaceMissing(value, keys) : undefined
    if (spaced !== undefined) return `a mapping is needed: ${spaced}`
    if (Array.isArray(value) && keys.includes('all') && keys.includes('any'))
      return `one requirement is needed, and this is a list: write all: before it, as ${String(path.at(-1))}: { all: [ … ] }, where each must hold, or any: where one is enough`
    return `a mapping is needed${keys.length > 0 && keys.length < 12 ? ` with ${keys.join(', ')}` : ''}, as ${String(path.at(-1))}: { ${keys[0] ?? 'key'}: … }`
  }
  return needed
}

// `name: [a, b]` is no slip of quoting: two of them are meant.
const severalWords = (items: readonly unknown[], path: Path): string | undefined => {
  const isOfWords = items.every(one => typeof one === 'string' && /^[\w@./:+~^*-]+$/.test(one))
  if (!isOfWords || items.length === 0 || path.at(-1) === 'run') return undefined
  const [first, second] = items.map(String)
  if (second === undefined) return `: write ${first ?? ''} without brackets`
  const kind = path.slice(2).find(step => requirementKeys.some(one => one === step && one.length > 3))
  if (kind === undefined || path.length < 4) return undefined
  const key = String(path.at(-1))
  return `: a ${String(kind)} for each, combined by all: [{ ${String(kind)}: { ${key}: ${first ?? ''}, … } }, { ${String(kind)}: { ${key}: ${second}, … } }]`
}

/** `mode:0644` is one word to YAML: where its part before the colon is a key, a blank is missing. */
export const spaceMissing = (text: string, keys: readonly string[]): string | undefined => {
  const [, key = '', value = ''] = /^([\w-]+):(\S.*)$/.exec(text) ?? []
  return keys.includes(key) ? `a blank is needed after the colon, as ${key}: ${asWritten(value)}` : undefined
}

// What YAML would take for a number with a leading zero or for a part of it stands in quotes.
const asWritten = (value: string): string =>
  /^[\d.]+$/.test(value) && String(Number(value)) !== value ? `'${value}'` : short(value)

const sorts: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
}

const truth: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  true: true,
  no: false,
  off: false,
  false: false,
}

// `run: # comment`, or a value that begins with # and was meant.
const commentHint = (path: Path, yaml: YamlText): string =>
  /:\s+#\s*\S/.test(yaml.line(path)) ? ': what follows # is a comment, quote it if it is meant' : ''

/** As much of a text as a sentence bears. */
export const short = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 57)}...`)
