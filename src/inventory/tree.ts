import type { YamlEntry, YamlTree } from '../model/yaml.ts'

/** The value at these keys, one below the other; undefined where one of them is not there. */
export const field = (tree: YamlTree, ...keys: readonly string[]): YamlTree | undefined => {
  let found: YamlTree | undefined = tree
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
export const textOf = (tree: YamlTree | undefined): string | undefined =>
  tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined
