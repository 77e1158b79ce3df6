/** A fact by its kind and name; without a name, all of the kind. */
export interface FactName {
  readonly type: FacetType
  readonly name?: string
}

/** Kinds of facts that are compared, between runs and between nodes: what was done before what follows from it. */
export const facetTypes = [
  'package',
  'pending',
  'module',
  'boolean',
  'mode',
  'permissive-domain',
  'os',
  'command-line',
  'kernel',
  'component',
  'runtime',
  'file',
  'file-context',
  'label',
  'domain',
  'boot',
  'restart',
  'machine',
] as const
export type FacetType = (typeof facetTypes)[number]

export type PackageManager = 'rpm' | 'dpkg'

/** Between the versions of one package that are installed side by side; no version holds it. */
export const versionSeparator = ', '

/** One fact: its value as people write it, and since when it is so, where the node says that. */
export interface FacetItem {
  readonly value: string
  /** Epoch seconds, the node's clock. */
  readonly since?: number
  /** Tells two moments apart, or does not, where clocks cannot: the boot id. */
  readonly mark?: string
  /** Of a package: equal ones were installed by one transaction. */
  readonly transaction?: number
  /** The value is a package’s version, or several with the highest last, ordered as this package manager does. */
  readonly manager?: PackageManager
}

/** Names with what is so of each. */
export type FacetItems = readonly (readonly [name: string, item: FacetItem])[]

/** All facts of one kind on one node. Absent names are absent only where it is complete. */
export type Facet =
  | {
      readonly state: 'read'
      readonly isComplete: boolean
      readonly items: ReadonlyMap<string, FacetItem>
    }
  | { readonly state: 'unreadable'; readonly why: string }

/** What a node is like, for comparison; nodes with equal answers share the same objects. */
export type Facets = Readonly<Record<FacetType, Facet>>
