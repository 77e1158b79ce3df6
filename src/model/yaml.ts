import { isAlias, isMap, isNode, isScalar, isSeq, visit, type Document, type Node as YamlNode } from 'yaml'
import { parseOne } from './yaml-document.ts'
import { YamlError, type Place } from './yaml-tree.ts'

/** A parsed YAML text whose every value can be traced to its place. */
export interface YamlText {
  readonly value: unknown
  /** 1-based line and column of the value at this path (of its key, with `key: true`), or of the nearest parent. */
  place(path: readonly PropertyKey[], options?: { readonly key?: boolean }): Place
  /** How the value at this path is written, as far as its line goes; nothing where there is none. */
  source(path: readonly PropertyKey[]): string
  /** Where values stand that have a tag (`!word`, `! word`): it is not part of the value. */
  readonly tagged: readonly Place[]
  /** The line in which it begins. */
  line(path: readonly PropertyKey[]): string
}

/** Parses one YAML 1.2 document; duplicate keys are refused. Throws YamlError. */
export const parseYaml = (text: string): YamlText => {
  const { document, placeAt } = parseOne(text, {})
  const place: YamlText['place'] = (path, { key = false } = {}) =>
    placeAt(offsetOf(document.contents, path, key))
  return {
    value: toPlain(document, placeAt),
    place,
    get tagged() {
      return tagsOf(document).map(placeAt)
    },
    line: path => text.split(/\r?\n/)[place(path).line - 1] ?? '',
    source: path => {
      const found: unknown = path.length === 0 ? document.contents : document.getIn(path, true)
      const range = isNode(found) ? found.range : undefined
      return range ? (text.slice(range[0], range[1]).split('\n', 1)[0] ?? '') : ''
    },
  }
}

// A flood of aliases ("billion laughs") makes toJS throw; to the reader it is one more error of the text.
const toPlain = (document: Document, placeAt: (offset: number) => Place): unknown => {
  const { lost, first } = aliasesOf(document)
  if (lost) throw new YamlError(`nothing is named &${lost.name} before *${lost.name}`, placeAt(lost.offset))
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    throw new YamlError(cause instanceof Error ? cause.message : String(cause), placeAt(first))
  }
}

// Where aliases stand: the first, and the first whose anchor is not there; what begins with * is one.
const aliasesOf = (
  document: Document,
): { readonly first: number; readonly lost?: { readonly name: string; readonly offset: number } } => {
  let first: number | undefined
  let lost: { readonly name: string; readonly offset: number } | undefined
  const anchors = new Set<string>()
  visit(document, {
    Node: (_key, node) => {
      const offset = node.range?.[0] ?? 0
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.add(node.anchor)
        return
      }
      first ??= offset
      if (!anchors.has(node.source)) lost ??= { name: node.source, offset }
    },
  })
  return { first: first ?? 0, ...(lost ? { lost } : {}) }
}

const tagsOf = (document: Document): readonly number[] => {
  const found: number[] = []
  visit(document, {
    Node: (_key, node) => {
      // `!!str` and its like only say what the value is.
      if ('tag' in node && node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:'))
        found.push(node.range?.[0] ?? 0)
    },
  })
  return found
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
