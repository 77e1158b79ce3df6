import type { YamlTree } from '../model/yaml.ts'
import { pythonJson } from './python-text.ts'

export const isNull = (tree: YamlTree): boolean => tree.kind === 'scalar' && tree.value === undefined

/** Python's idea of "nothing": Ansible takes all of these for a host or file without variables. */
export const isEmpty = (tree: YamlTree): boolean =>
  (tree.kind === 'scalar' && !tree.value) ||
  (tree.kind === 'sequence' && tree.items.length === 0) ||
  (tree.kind === 'mapping' && tree.entries.length === 0)

/** The value behind a key of a mapping. */
export const at = (tree: YamlTree | undefined, name: string): YamlTree | undefined =>
  tree?.kind === 'mapping'
    ? tree.entries.find(({ key }) => key.kind === 'scalar' && key.value === name)?.value
    : undefined

/** A variable's name; one that is no text (`on:`, `7:`) is named as JSON would, which is how Ansible prints it. */
export const nameText = (key: YamlTree): string =>
  key.kind === 'scalar' && typeof key.value === 'string'
    ? key.value
    : pythonJson(key).replace(/^"(.*)"$/, '$1')

/** What a value is, for the end of a sentence. */
export const kindOf = (tree: YamlTree): string => {
  switch (tree.kind) {
    case 'mapping':
      return 'a mapping'
    case 'sequence':
      return 'a list'
    case 'vault':
      return 'an encrypted value (!vault)'
    case 'scalar':
      if (tree.value === undefined) return 'nothing'
      if (typeof tree.value === 'object') return 'a date'
      if (typeof tree.value === 'string') return `text ('${tree.value}')`
      return `the ${typeof tree.value === 'boolean' ? 'boolean' : 'number'} ${String(tree.value)}`
    default:
      return tree satisfies never
  }
}
