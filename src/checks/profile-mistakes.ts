import { SefleetError, type ErrorCode } from '../errors.ts'
import { nearest } from '../model/nearest.ts'
import { parseYaml, type YamlText } from '../model/yaml.ts'
import { YamlError } from '../model/yaml-tree.ts'
import { yamlHint, type YamlHint } from './yaml-hints.ts'

const mostMistakes = 60

export type Path = readonly PropertyKey[]

/** One thing wrong in a file, at a path of it: at the key there, or at its value. */
export interface Mistake {
  readonly path: Path
  readonly message: string
  readonly key?: boolean
}

/** Makes the error for a mistake at a path of the text: file, line, column, sentence. */
export type Refuse = (path: Path, message: string, options?: { readonly key?: boolean }) => SefleetError

/** Parses YAML or refuses with the place of its first error, and what is mostly meant. */
export const parseOrRefuse = (text: string, file: string, code: ErrorCode = 'profile-invalid'): YamlText => {
  try {
    return parseYaml(text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const lines = yamlMistakes(text, error).map(
      ({ place, message, hint }) =>
        `${file}:${place.line}:${place.column}: ${message}${hint === undefined ? '' : `; ${hint}`}`,
    )
    throw new SefleetError(code, lines.join('\n'))
  }
}

// The first, and what else is a trap of YAML's own once the line before is mended or left out: what merely follows from that is not told.
const yamlMistakes = (text: string, first: YamlError): readonly YamlHint[] => {
  const lines = text.split('\n')
  const found: YamlHint[] = []
  let error: YamlError | undefined = first
  while (error !== undefined && found.length < mostMistakes) {
    const next: YamlHint = yamlHint(lines.join('\n'), error)
    if (found.length > 0 && next.isTrap !== true) break
    found.push(next)
    if (lines[next.place.line - 1] === '') break
    lines[next.place.line - 1] = next.meant ?? ''
    error = errorOf(lines.join('\n'))
  }
  return found.toSorted((a, b) => a.place.line - b.place.line)
}

const errorOf = (text: string): YamlError | undefined => {
  try {
    parseYaml(text)
    return undefined
  } catch (error) {
    if (error instanceof YamlError) return error
    throw error
  }
}

/** The refusals of one text. */
export const refusing =
  (yaml: YamlText, file: string, code: ErrorCode = 'profile-invalid'): Refuse =>
  (path, message, options) => {
    const { line, column } = yaml.place(path, options)
    return new SefleetError(code, `${file}:${line}:${column}: ${message}`)
  }

/** All mistakes of a text as one error, a line each, in the order of the text; undefined where there is none. */
export const refuseAll = (
  mistakes: readonly Mistake[],
  yaml: YamlText,
  file: string,
): SefleetError | undefined => {
  if (mistakes.length === 0) return undefined
  const placed = mistakes
    .map(({ path, message, key = false }) => {
      const { line, column } = yaml.place(path, { key })
      return { line, column, text: `${file}:${line}:${column}: ${message}` }
    })
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
  const lines = [...new Set(placed.map(({ text }) => text))]
  const left = lines.length - mostMistakes
  return new SefleetError(
    'profile-invalid',
    [...lines.slice(0, mostMistakes), ...(left > 0 ? [`and ${left} more`] : [])].join('\n'),
  )
}

/** A mapping, or a refusal. */
export const mapping = (value: unknown, path: Path, at: Refuse): Record<string, unknown> => {
  if (!isMapping(value)) throw at(path, 'a mapping (key: value) is needed here')
  return value
}

/** Whether a YAML value is a mapping; its keys are strings after toJS. */
export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Refuses the first key that is not allowed here, with the nearest that is. */
export const refuseOther = (
  value: Record<string, unknown>,
  allowed: readonly string[],
  path: Path,
  at: Refuse,
): void => {
  const other = Object.keys(value).find(key => !allowed.includes(key))
  if (other !== undefined)
    throw at([...path, other], `unknown key '${other}'${didYouMean(other, allowed)}`, { key: true })
}

/** The end of a sentence about a wrong word. */
export const didYouMean = (word: string, candidates: readonly string[]): string => {
  const near = nearest(word, candidates)
  return near === undefined ? `; known are ${candidates.join(', ')}` : `: did you mean '${near}'?`
}
