import { SefleetError, type ErrorCode } from '../errors.ts'
import { nearest } from '../model/nearest.ts'
import { parseYaml, type YamlText } from '../model/yaml.ts'
import { YamlError } from '../model/yaml-tree.ts'

export type Path = readonly PropertyKey[]

/** Makes the error for a mistake at a path of the text: file, line, column, sentence. */
export type Refuse = (path: Path, message: string, options?: { readonly key?: boolean }) => SefleetError

/** Parses YAML or refuses with the place of its first error. */
export const parseOrRefuse = (text: string, file: string, code: ErrorCode = 'profile-invalid'): YamlText => {
  try {
    return parseYaml(text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new SefleetError(code, `${file}:${error.place.line}:${error.place.column}: ${error.message}`)
  }
}

/** The refusals of one text. */
export const refusing =
  (yaml: YamlText, file: string, code: ErrorCode = 'profile-invalid'): Refuse =>
  (path, message, options) => {
    const { line, column } = yaml.place(path, options)
    return new SefleetError(code, `${file}:${line}:${column}: ${message}`)
  }

/** A mapping, or a refusal. */
export const mapping = (value: unknown, path: Path, at: Refuse): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw at(path, 'a mapping (key: value) is needed here')
  return value as Record<string, unknown> // a YAML mapping; its keys are strings after toJS
}

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
