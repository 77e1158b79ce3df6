import {
  LineCounter,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node as YamlNode,
  type YAMLMap,
} from 'yaml'
import { parsePlainYaml } from './plain-yaml.ts'
import { resolveScalar, scalarText, type ScalarValue } from './yaml-scalar.ts'
import type { Place, YamlEntry, YamlTree } from './yaml-tree.ts'

/** A parsed YAML text whose every value can be traced to its place. */
export interface YamlText {
  readonly value: unknown
  /** 1-based line and column of the value at this path (of its key, with `key: true`), or of the nearest parent. */
  place(path: readonly PropertyKey[], options?: { readonly key?: boolean }): Place
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

/** Parses one YAML 1.2 document; duplicate keys are refused. Throws YamlError. */
export const parseYaml = (text: string): YamlText => {
  const { document, placeAt } = parse(text, {})
  return {
    value: toPlain(document),
    place: (path, { key = false } = {}) => placeAt(offsetOf(document.contents, path, key)),
  }
}

/**
 * Parses one YAML document as Ansible's PyYAML does: YAML 1.1 scalars, merge keys, the tags `!vault` and `!unsafe`;
 * of duplicate keys the last wins, and each is told to `onDuplicate`. Throws YamlError.
 */
export const parseAnsibleYaml = (
  text: string,
  onDuplicate: (key: string, place: Place) => void = () => {},
): YamlTree => parsePlainYaml(text) ?? parseAnyYaml(text, onDuplicate)

const parseAnyYaml = (text: string, onDuplicate: (key: string, place: Place) => void): YamlTree => {
  // The failsafe schema leaves every scalar a string; PyYAML's rules, which differ from the library's 1.1, come after.
  const options = { version: '1.1', schema: 'failsafe', uniqueKeys: false } as const
  const { document, placeAt } = parse(text, options)
  const anchors = new Map<string, YamlTree>()

  const plant = (node: YamlNode | null, fallback: Place): YamlTree => {
    const place = node?.range ? placeAt(node.range[0]) : fallback
    if (node === null) return { kind: 'scalar', place, value: undefined }
    if (isAlias(node)) {
      const tree = anchors.get(node.source)
      if (!tree) throw new YamlError(`alias *${node.source} has no finished anchor before it`, place)
      return tree
    }
    const tree = plantNew(node, place)
    if ('anchor' in node && node.anchor) anchors.set(node.anchor, tree)
    return tree
  }

  const plantNew = (node: YamlNode, place: Place): YamlTree => {
    if (isMap(node)) {
      const tree = { kind: 'mapping', place, entries: entriesOf(node, place) } as const
      return tagged(node, place, ['map']) ? unsafeIn(tree) : tree
    }
    if (isSeq(node)) {
      // The items of a parsed sequence are nodes, or null where nothing was written.
      const items = node.items.map(item => plant(item as YamlNode | null, place))
      const isPairs = node.tag === `${coreTag}omap` || node.tag === `${coreTag}pairs`
      const tree = { kind: 'sequence', place, items: isPairs ? items.map(pairOf) : items } as const
      return tagged(node, place, ['seq', 'omap', 'pairs']) ? unsafeIn(tree) : tree
    }
    if (!isScalar(node)) throw new YamlError('this is not a YAML value', place)
    const scalar = typeof node.value === 'string' ? node.value : '' // the failsafe schema makes nothing else but null
    if (node.tag === '!vault' || node.tag === '!vault-encrypted')
      return { kind: 'vault', place, text: scalar }
    if (tagged(node, place, scalarTags)) return { kind: 'scalar', place, value: scalar, unsafe: true }
    const isPlain = node.tag === undefined ? node.type === 'PLAIN' : node.tag !== `${coreTag}str`
    const value = isPlain ? resolved(scalar, place) : scalar
    const isFloat = node.tag === `${coreTag}float` && typeof value === 'bigint'
    return { kind: 'scalar', place, value: isFloat ? Number(value) : value }
  }

  const entriesOf = (map: YAMLMap, place: Place): readonly YamlEntry[] => {
    const merged: YamlEntry[] = []
    const own: YamlEntry[] = []
    for (const pair of map.items) {
      const keyNode = pair.key as YamlNode | null // parsed documents hold nodes, or null for an empty key
      if (isScalar(keyNode) && keyNode.value === '<<' && keyNode.type === 'PLAIN') {
        merged.push(...mergeable(plant(pair.value as YamlNode | null, place))) // likewise
        continue
      }
      const key = plant(keyNode, place)
      own.push({ key, value: plant(pair.value as YamlNode | null, key.place) }) // likewise
      if (key.kind === 'mapping' || key.kind === 'sequence') {
        throw new YamlError('a key must be a single value, not a mapping or list', key.place)
      }
    }
    return merged.length === 0 && areDifferent(own) ? own : lastOfEach(merged, own, onDuplicate)
  }

  return plant(document.contents, { line: 1, column: 1 })
}

const coreTag = 'tag:yaml.org,2002:'
const scalarTags = ['str', 'int', 'float', 'bool', 'null', 'timestamp']

/** Whether a node is tagged `!unsafe`; a tag that is unknown, or not one of these, is an error. */
const tagged = ({ tag }: YamlNode, place: Place, core: readonly string[]): boolean => {
  if (tag === undefined || tag === '!' || core.some(name => tag === coreTag + name)) return false
  if (tag === '!unsafe') return true
  throw new YamlError(`unknown tag ${tag.replace(coreTag, '!!')}`, place)
}

// `!!omap [a: 1]` is a list of pairs to Python.
const pairOf = (item: YamlTree): YamlTree => {
  const [pair, ...others] = item.kind === 'mapping' ? item.entries : []
  if (!pair || others.length > 0) throw new YamlError('each item must be one pair', item.place)
  return { kind: 'sequence', place: item.place, items: [pair.key, pair.value] }
}

/** The same with every text in it marked as never a template. */
export const unsafeIn = (tree: YamlTree): YamlTree => {
  if (tree.kind === 'mapping') {
    return { ...tree, entries: tree.entries.map(({ key, value }) => ({ key, value: unsafeIn(value) })) }
  }
  if (tree.kind === 'sequence') return { ...tree, items: tree.items.map(unsafeIn) }
  return tree.kind === 'scalar' && typeof tree.value === 'string' ? { ...tree, unsafe: true } : tree
}

const resolved = (text: string, place: Place): ScalarValue => {
  try {
    return resolveScalar(text)
  } catch (cause) {
    if (cause instanceof RangeError) throw new YamlError(cause.message, place)
    throw cause
  }
}

const mergeable = (value: YamlTree): readonly YamlEntry[] => {
  if (value.kind === 'mapping') return value.entries
  // `<<: [*first, *second]`: the earlier one wins, so it has to come later.
  if (value.kind === 'sequence' && value.items.every(item => item.kind === 'mapping')) {
    return value.items.toReversed().flatMap(mergeable)
  }
  throw new YamlError('a merge key (<<) takes a mapping or a list of mappings', value.place)
}

// Nearly all mappings: no key is there twice, and all are text.
const areDifferent = (entries: readonly YamlEntry[]): boolean => {
  if (!entries.every(({ key }) => key.kind === 'scalar' && typeof key.value === 'string')) return false
  if (entries.length < 2) return true
  return new Set(entries.map(({ key }) => key.kind === 'scalar' && key.value)).size === entries.length
}

// As in Python's dict: a key keeps its first position and takes its last value. Written-out keys win over merged ones.
const lastOfEach = (
  merged: readonly YamlEntry[],
  own: readonly YamlEntry[],
  onDuplicate: (key: string, place: Place) => void,
): readonly YamlEntry[] => {
  const entries = new Map<string, YamlEntry>()
  for (const entry of merged) entries.set(identity(entry.key), entry)
  const seen = new Set<string>()
  for (const entry of own) {
    const id = identity(entry.key)
    if (seen.has(id))
      onDuplicate(entry.key.kind === 'scalar' ? scalarText(entry.key.value) : entry.key.kind, entry.key.place)
    seen.add(id)
    entries.set(id, { key: entries.get(id)?.key ?? entry.key, value: entry.value })
  }
  return [...entries.values()]
}

// To Python, 1, 1.0 and true are the same key.
const identity = (key: YamlTree): string => {
  if (key.kind !== 'scalar') return `${key.kind} ${key.place.line}:${key.place.column}`
  const { value } = key
  if (typeof value === 'boolean') return `bigint ${value ? 1 : 0}`
  if (typeof value === 'number' && Number.isInteger(value)) return `bigint ${BigInt(value)}`
  return `${typeof value} ${scalarText(value)}`
}

const parse = (text: string, options: Parameters<typeof parseDocument>[1]) => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, ...options })
  const placeAt = (offset: number): Place => new PlaceInText(lines, offset)
  const [error] = document.errors
  if (error) throw new YamlError(error.message, placeAt(error.pos[0]))
  return { document, placeAt }
}

// Worked out when asked for: of the places of a large inventory hardly any ever is.
class PlaceInText implements Place {
  readonly #lines: LineCounter
  readonly #offset: number

  constructor(lines: LineCounter, offset: number) {
    this.#lines = lines
    this.#offset = offset
  }
  get line(): number {
    return Math.max(1, this.#lines.linePos(this.#offset).line)
  }
  get column(): number {
    return Math.max(1, this.#lines.linePos(this.#offset).col)
  }
}

// A flood of aliases ("billion laughs") makes toJS throw; to the reader it is one more error of the text.
const toPlain = (document: Document): unknown => {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    throw new YamlError(cause instanceof Error ? cause.message : String(cause), { line: 1, column: 1 })
  }
}

const offsetOf = (root: YamlNode | null, path: readonly PropertyKey[], wantsKey: boolean): number => {
  let node: YamlNode | null | undefined = root
  let offset = root?.range?.[0] ?? 0
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1
    if (isMap(node)) {
      const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === String(step))
      if (!pair) return offset
      const keyNode = pair.key as YamlNode // isScalar above: a key of a parsed map is a node
      const valueNode = pair.value as YamlNode | null // likewise; null for `key:` without a value
      offset = (last && wantsKey ? keyNode : (valueNode ?? keyNode)).range?.[0] ?? offset
      node = valueNode
    } else if (isSeq(node)) {
      node = node.items[Number(step)] as YamlNode | undefined // parsed documents hold nodes
      offset = node?.range?.[0] ?? offset
    } else return offset
  }
  return offset
}
