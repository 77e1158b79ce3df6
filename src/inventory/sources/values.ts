import { parseJsonText } from '../../model/json-text.ts'
import { YamlError, type YamlTree } from '../../model/yaml-tree.ts'
import { parseAnsibleYaml } from '../../model/ansible-yaml.ts'
import { mistake } from '../problem.ts'

/**
 * The values in a text that is JSON or YAML, as Ansible's loader finds out: JSON first, since some scalars mean something else
 * there. `warn` hears of keys that are given twice. Throws `inventory-invalid`.
 */
export const parseValues = (text: string, file: string, warn: (sentence: string) => void): YamlTree =>
  jsonIn(text) ??
  placed(file, 'YAML', () =>
    parseAnsibleYaml(text, (key, { line, column }) =>
      warn(`${file}:${line}:${column}: '${key}' is given twice here; the last one counts`),
    ),
  )

/** The values in a text that must be JSON. */
export const parseJson = (text: string, file: string): YamlTree =>
  placed(file, 'JSON', () => parseJsonText(text))

const jsonIn = (text: string): YamlTree | undefined => {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return parseJsonText(text)
  } catch (cause) {
    if (cause instanceof YamlError) return undefined
    throw cause
  }
}

const placed = (file: string, language: string, parse: () => YamlTree): YamlTree => {
  try {
    return parse()
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause
    throw mistake(file, cause.place, `this is not ${language}: ${cause.message}`)
  }
}
