import type { YamlEntry, YamlTree } from '../model/yaml-tree.ts'
import { pythonJson } from './python/json.ts'

export const isNull = (tree: YamlTree): boolean => tree.kind === 'scalar' && tree.value === undefined

/** Python's idea of "nothing": Ansible takes all of these for a host or file without variables. */
export const isEmpty = (tree: YamlTree): boolean =>
  (tree.kind === 'scalar' && !tree.value) ||
  (tree.kind === 'sequence' && tree.items.length === 0) ||
  (tree.kind === 'mapping' && tree.entries.length === 0)

/** The value at these keys, one below the other; undefined where one of them is not there. */
export const field = (tree: YamlTree | undefined, ...keys: readonly string[]): YamlTree | undefined => {
  let found = tree
  for (const name of keys) {
    found = entriesOf(found).find(({ key }) => key.kind === 'scalar' && key.value === name)?.value
  }
  return found
}

/** Of a mapping, else none. */
export const entriesOf = (tree: YamlTree | undefined): readonly YamlEntry[] =>
  tree?.kind === 'mapping' ? tree.entries : []

/** Of a list, else none. */
export const itemsOf = (tree: YamlTree | undefined): readonly YamlTree[] =>
  tree?.kind === 'sequence' ? tree.items : []

/** Of a text, else undefined. */
export const textIn = (tree: YamlTree | undefined): string | undefined =>
  tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined

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
