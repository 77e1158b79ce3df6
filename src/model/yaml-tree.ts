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
