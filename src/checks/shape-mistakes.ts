import type { z } from 'zod'
import { nearest } from '../model/nearest.ts'
import type { YamlText } from '../model/yaml.ts'
import { isMapping, type Mistake, type Path } from './profile-mistakes.ts'
import { plainKeys, requirementKeys } from './profile-shape.ts'
import { descriptionAt, keysAt } from './schema-keys.ts'
import { short, spaceMissing, wrongSort, type Here, type Issue } from './wrong-sort.ts'

/** What is wrong with a value by its shape, in the words of whoever wrote the file. `path` leads to the value that was parsed. */
export const shapeMistakes = (error: z.ZodError, path: Path, yaml: YamlText): readonly Mistake[] => {
  // Which keys a mapping must have is told once those are right that it has.
  const unknown = new Set(
    error.issues
      .filter(({ code }) => code === 'unrecognized_keys')
      .map(one => one.path.map(String).join('.')),
  )
  const found = error.issues
    .filter(one => one.code !== 'custom' || !unknown.has(one.path.map(String).join('.')))
    .flatMap(issue => toMistakes(issue, path, yaml))
  // A key that is misspelt is missing too, and so is what a list or a text stands in for: said once.
  const misspelt = new Set(found.filter(({ key }) => key === true).map(({ meant }) => meant))
  return found.filter(({ missing }) => missing === undefined || !misspelt.has(missing))
}

interface Found extends Mistake {
  /** The key that was meant by one that is unknown: `checks.0.command.run`. */
  readonly meant?: string
  /** The key that is missing. */
  readonly missing?: string
}

const toMistakes = (issue: Issue, base: Path, yaml: YamlText): readonly Found[] => {
  const path = [...base, ...issue.path]
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(key, path, yaml))
  return issue.code === 'invalid_union' ? ofUnion(issue, path, yaml) : [ofValue(issue, path, yaml)]
}

const unknownKey = (key: string, path: Path, yaml: YamlText): Found => {
  const allowed = keysAt(path)
  const near = nearest(key, allowed)
  const place = { path: [...path, key], key: true }
  const what = `${labelOf(path, yaml)}unknown key '${key}'`
  const spaced = spaceMissing(key, allowed)
  if (spaced !== undefined)
    return {
      ...place,
      message: `${what}: ${spaced}`,
      meant: [...path, key.slice(0, key.indexOf(':'))].map(String).join('.'),
    }
  if (near !== undefined)
    return {
      ...place,
      message: `${what} (did you mean '${near}'?)${isCheck(path) ? '' : `; ${ownerOf(path)} has ${allowed.join(', ')}`}`,
      meant: [...path, near].map(String).join('.'),
    }
  const below = allowed.find(one => keysAt([...path, one]).includes(key))
  // Of a check each kind is below; that `type` is a key of one of them helps nobody.
  if (below !== undefined && !isCheck(path))
    return { ...place, message: `${what}: it belongs into '${below}', as ${below}: { ${key}: … }` }
  if (path.length > 2 && !isCheck(path) && plainKeys.includes(key))
    return { ...place, message: `${what}: it belongs to the check, in a column with its 'id'` }
  if (isMapping(valueAt(yaml, [...path, key])) && isCheck(path))
    return { ...place, message: `${what}; the kinds are ${requirementKeys.join(', ')}` }
  const separated =
    valueAt(yaml, [...path, key]) === null
      ? '; a comma within { } begins a new key: put a text that holds one in quotes'
      : ''
  return {
    ...place,
    message: `${what}; ${ownerOf(path)} has ${(isCheck(path) ? plainKeys : allowed).join(', ')}${isCheck(path) ? ', and one kind' : ''}${separated}`,
  }
}

const ofUnion = (
  issue: Extract<Issue, { readonly code: 'invalid_union' }>,
  path: Path,
  yaml: YamlText,
): readonly Found[] => {
  const value = valueAt(yaml, path)
  // The branches that are of this sort (text, list, mapping) at all.
  const fitting = issue.errors.filter(
    branch =>
      !branch.some(
        ({ path: deeper, code }) =>
          deeper.length === 0 &&
          (code === 'invalid_type' || (code === 'invalid_value' && typeof value === 'object')),
      ),
  )
  if (fitting.length === 0) {
    const [first, ...others] = issue.errors.flatMap(branch => branch.slice(0, 1))
    return first
      ? [ofValue(first, path, yaml, others)]
      : [{ path, message: `${labelOf(path, yaml)}not valid` }]
  }
  if (isMapping(value)) {
    const known = keysAt(path)
    const keys = Object.keys(value)
    const other = keys.filter(key => !known.includes(key))
    if (known.length > 0 && other.length > 0) return other.map(key => unknownKey(key, path, yaml))
    if (known.length > 0 && keys.length !== 1 && fitting.length > 1)
      return [
        {
          path,
          message: `${labelOf(path, yaml)}exactly one of ${known.join(', ')} is needed${keys.length === 0 ? '' : `, and there are ${keys.join(' and ')}`}`,
        },
      ]
  }
  // Of those left the one that most of it fits.
  const best = fitting.toSorted((a, b) => weight(a) - weight(b))[0] ?? []
  return best.flatMap(one => toMistakes(one, path, yaml))
}

const weight = (branch: readonly Issue[]): number =>
  branch.filter(({ code }) => code === 'unrecognized_keys').length * 10 + branch.length

const ofValue = (issue: Issue, path: Path, yaml: YamlText, others: readonly Issue[] = []): Found => {
  const label = labelOf(path, yaml)
  const value = valueAt(yaml, path)
  const name = String(path.at(-1))
  if (value === undefined)
    return {
      path: path.slice(0, -1),
      message: `${labelOf(path.slice(0, -1), yaml)}${name} is missing${descriptionAt(path)}`,
      missing: path.map(String).join('.'),
    }
  return { path, message: `${label}${sentenceOf(issue, { value, path, yaml, others })}` }
}

const sentenceOf = (issue: Issue, here: Here): string => {
  if (issue.code === 'invalid_type') return wrongSort([issue, ...here.others], here)
  if (issue.code === 'invalid_value') return wrongWord(issue.values.map(String), here)
  if (issue.code === 'too_big') return `at most ${String(issue.maximum)} is allowed`
  if (issue.code !== 'too_small') return issue.message
  if (issue.origin === 'array') return 'at least one entry is needed'
  return issue.origin === 'string'
    ? 'a text is needed, and this one is empty'
    : `at least ${String(issue.minimum)} is needed`
}

const wrongWord = (words: readonly string[], { value, path, yaml }: Here): string => {
  const said = Array.isArray(value) || isMapping(value) ? yaml.source(path) : String(value)
  const near = nearest(said, words)
  return `'${short(said)}' is none of ${words.join(', ')}${near === undefined ? '' : ` (did you mean '${near}'?)`}`
}

const isCheck = (path: Path): boolean => path.length === 2 && path[0] === 'checks'

const ownerOf = (path: Path): string =>
  path.length === 0
    ? 'a profile'
    : isCheck(path)
      ? 'a check'
      : `'${String(path.findLast(step => typeof step === 'string'))}'`

// `pid-limit: command.exit: `, by the check's own id where it has one.
const labelOf = (path: Path, yaml: YamlText): string => {
  const id = path[0] === 'checks' && path.length > 1 ? valueAt(yaml, [...path.slice(0, 2), 'id']) : undefined
  const steps = path[0] === 'checks' ? path.slice(2) : path
  return [...(typeof id === 'string' ? [id] : []), ...(steps.length > 0 ? [steps.map(String).join('.')] : [])]
    .map(one => `${one}: `)
    .join('')
}

const valueAt = ({ value }: YamlText, path: Path): unknown =>
  path.reduce<unknown>(
    (node, step) =>
      Array.isArray(node) ? node[Number(step)] : isMapping(node) ? node[String(step)] : undefined,
    value,
  )
