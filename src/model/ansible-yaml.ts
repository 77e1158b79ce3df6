import { isAlias, isMap, isScalar, isSeq, type Node as YamlNode, type Scalar, type YAMLMap } from 'yaml'
import { parsePlainYaml } from './plain-yaml.ts'
import { parseOne } from './yaml-document.ts'
import { resolveScalar, scalarText, type ScalarValue } from './yaml-scalar.ts'
import { YamlError, unsafeIn, type Place, type YamlEntry, type YamlTree } from './yaml-tree.ts'

/**
 * Parses one YAML document as Ansible's PyYAML does: YAML 1.1 scalars, merge keys, the tags `!vault` and `!unsafe`;
 * of duplicate keys the last wins, and each is told to `onDuplicate`. Throws YamlError.
 */
export const parseAnsibleYaml = (
  text: string,
  onDuplicate: (key: string, place: Place) => void = () => {},
): YamlTree => parsePlainYaml(text) ?? parseAnyYaml(text, onDuplicate)

const parseAnyYaml = (text: string, onDuplicate: (key: string, place: Place) => void): YamlTree => {
  refuseNoLetters(text)
  // A lone carriage return ends a line too; of a file that was made Windows' twice there are many.
  const unified = text.replaceAll(/\r(?!\n)/g, '\n')
  // The failsafe schema leaves every scalar a string; PyYAML's rules, which differ from the library's 1.1, come after.
  const options = { version: '1.1', schema: 'failsafe', uniqueKeys: false } as const
  const { document, placeAt } = parseOne(unified, options)
  const anchors = new Map<string, YamlTree>()

  const plant = (node: YamlNode | null, fallback: Place): YamlTree => {
    const place = node?.range ? placeAt(node.range[0]) : fallback
    if (node === null) return { kind: 'scalar', place, value: undefined }
    if (isAlias(node)) {
      const tree = anchors.get(node.source)
      if (!tree) throw new YamlError(`alias *${node.source} has no finished anchor before it`, place)
      return tree
    }
    if ('anchor' in node && node.anchor && !/^[\w-]+$/.test(node.anchor)) {
      throw new YamlError(`an anchor is letters, digits, - and _ only, not '${node.anchor}'`, place)
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
    const scalar = textOf(node, unified)
    if (node.tag === '!vault' || node.tag === '!vault-encrypted')
      return { kind: 'vault', place, text: scalar }
    if (tagged(node, place, scalarTags)) return { kind: 'scalar', place, value: scalar, unsafe: true }
    // In flow collections PyYAML takes the mark for one of its own.
    if (node.type === 'PLAIN' && scalar.startsWith('?')) {
      throw new YamlError(`'${scalar}' begins with '?': put it in quotation marks`, place)
    }
    // `! 12` is 12 all the same, but `!` alone is an empty text.
    const isLoneMark = node.tag === '!' && scalar === ''
    const isPlain =
      node.tag === undefined ? node.type === 'PLAIN' : node.tag !== `${coreTag}str` && !isLoneMark
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
      if (keyNode === null || (isScalar(keyNode) && keyNode.source === '' && keyNode.type === 'PLAIN')) {
        throw new YamlError('a key is missing before the colon', place)
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

// Line breaks to PyYAML and letters to the library; and a byte order mark may only come first.
const refuseNoLetters = (text: string): void => {
  const at = text.search(/[\u0085\u2028\u2029]|(?<!^)\ufeff/)
  if (at < 0) return
  const before = text.slice(0, at).split('\n')
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')
  const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
  throw new YamlError(
    `the character U+${code} is no letter in YAML: write "\\u${code}" in quotation marks`,
    place,
  )
}

// A block scalar at the very end of a text that lacks its last newline has none either; the library adds one.
const textOf = (node: Scalar, text: string): string => {
  const value = typeof node.value === 'string' ? node.value : '' // the failsafe schema makes nothing else but null
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
  if (!isBlock || node.range?.[1] !== text.length || text.endsWith('\n') || !value.endsWith('\n'))
    return value
  const lastLine = text.slice(text.lastIndexOf('\n') + 1)
  const lastValue = value.slice(0, -1).split('\n').at(-1) ?? ''
  // Blanks alone are of the value only where they go on beyond its margin.
  const isContent = lastLine.trim() !== '' || (/^ +$/.test(lastValue) && lastLine.endsWith(lastValue))
  return isContent ? value.slice(0, -1) : value
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
