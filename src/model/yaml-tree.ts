import type { ScalarValue } from './yaml-scalar.ts'

/** Where something begins in a text; both count from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/**
 * A value as Ansible's loader would see it: mappings in order with typed keys, everything with its place. `unsafe` text is
 * never a template; of an encrypted value (`!vault`) the text is what `ansible-vault decrypt` takes.
 */
export type YamlTree =
  | { readonly kind: 'mapping'; readonly place: Place; readonly entries: readonly YamlEntry[] }
  | { readonly kind: 'sequence'; readonly place: Place; readonly items: readonly YamlTree[] }
  | { readonly kind: 'scalar'; readonly place: Place; readonly value: ScalarValue; readonly unsafe?: true }
  | { readonly kind: 'vault'; readonly place: Place; readonly text: string }

export interface YamlEntry {
  readonly key: YamlTree
  readonly value: YamlTree
}

/** Text that is not YAML, with the place of the first error. */
export class YamlError extends Error {
  readonly place: Place

  constructor(message: string, place: Place) {
    super(message)
    this.name = 'YamlError'
    this.place = place
  }
}

/** The same with every text in it marked as never a template. */
export const unsafeIn = (tree: YamlTree): YamlTree => {
  if (tree.kind === 'mapping') {
    return { ...tree, entries: tree.entries.map(({ key, value }) => ({ key, value: unsafeIn(value) })) }
  }
  if (tree.kind === 'sequence') return { ...tree, items: tree.items.map(unsafeIn) }
  return tree.kind === 'scalar' && typeof tree.value === 'string' ? { ...tree, unsafe: true } : tree
}
