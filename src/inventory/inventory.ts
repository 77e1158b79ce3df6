import type { YamlTree } from '../model/yaml-tree.ts'

/** What all sources together say, groups reconciled as Ansible does it; nothing in it has been judged yet. */
export interface Inventory {
  /** In order of appearance, `all` and `ungrouped` first. */
  readonly groups: ReadonlyMap<string, Group>
  /** In order of appearance. */
  readonly hosts: ReadonlyMap<string, Host>
  /** `group_vars` and `host_vars` beside each source, in the order of the sources. */
  readonly beside: readonly VarsFolder[]
  /** The same beside the playbooks: in the folder given, else, as for `ansible`, in the working directory. */
  readonly besidePlaybook: { readonly folder: VarsFolder; readonly isGiven: boolean }
  /** What the command line sets (`-e`); stronger than anything else. */
  readonly extra: Variables
  readonly vault: Vault
}

export interface Group {
  readonly name: string
  readonly children: readonly string[]
  /** Longest path from `all`, which is 0. */
  readonly depth: number
  /** `ansible_group_priority`, 1 unless set. */
  readonly priority: number
  readonly variables: Variables
  /** Its own hosts. */
  readonly hosts: readonly string[]
  /** Its hosts and those of its descendants, breadth first. */
  readonly members: readonly string[]
}

export interface Host {
  readonly name: string
  /** Every group it is in, ancestors and `all` included. */
  readonly groups: readonly string[]
  readonly variables: Variables
  /** Absolute path of the file that named it first; undefined for a host list. */
  readonly file?: string
}

/** A variable with the place that set it, and what it replaced among those of the same group, host or folder. */
export interface Variable {
  readonly value: YamlTree
  readonly file: string
  readonly replaced?: Variable
}
export type Variables = ReadonlyMap<string, Variable>

/** A folder that may hold `group_vars` and `host_vars`; files are read when they are asked for, and once. */
export interface VarsFolder {
  readonly groupVars: (group: string) => Variables
  readonly hostVars: (host: string) => Variables
}

/** Text encrypted by ansible-vault. */
export interface Vault {
  /** Throws `vault-locked`; `what` names the value, with its place, for the sentence. */
  readonly decrypt: (text: string, what: string) => string
}

/** `FILE:LINE:COLUMN`, for the beginning of a sentence. */
export const placeOf = ({ file, value }: Variable): string =>
  `${file}:${value.place.line}:${value.place.column}`
