import type { YamlTree } from '../model/yaml.ts'

/** What all sources together say, groups reconciled as Ansible does it; nothing in it has been judged yet. */
export interface Inventory {
  /** In order of appearance, `all` and `ungrouped` first. */
  readonly groups: ReadonlyMap<string, Group>
  /** In order of appearance. */
  readonly hosts: ReadonlyMap<string, Host>
  /** Sentences for stderr. */
  readonly warnings: readonly string[]
}

export interface Group {
  readonly name: string
  readonly children: readonly string[]
  /** Longest path from `all`, which is 0. */
  readonly depth: number
  /** `ansible_group_priority`, 1 unless set. */
  readonly priority: number
  readonly variables: Variables
  /** Its hosts and those of its descendants, breadth first. */
  readonly members: readonly string[]
}

export interface Host {
  readonly name: string
  /** Every group it is in, ancestors and `all` included. */
  readonly groups: readonly string[]
  readonly variables: Variables
}

/** A variable with the place that set it. */
export interface Variable {
  readonly value: YamlTree
  readonly file: string
}
export type Variables = ReadonlyMap<string, Variable>

/** A host's variables as they come out: outer groups first, then by priority, then by name, the host's own last. */
export const variablesOf = (inventory: Inventory, host: Host): Variables => {
  const groups = host.groups
    .flatMap(name => inventory.groups.get(name) ?? [])
    .toSorted((a, b) => a.depth - b.depth || a.priority - b.priority || byCodePoint(a.name, b.name))
  return new Map([...groups, host].flatMap(owner => [...owner.variables]))
}

/** `FILE:LINE:COLUMN`, for the beginning of a sentence. */
export const placeOf = ({ file, value }: Variable): string =>
  `${file}:${value.place.line}:${value.place.column}`

// As Python compares; JavaScript's own order differs beyond the basic plane.
const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
