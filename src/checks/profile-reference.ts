import { profileSchema, type SchemaNode } from './json-schema.ts'
import { combinators, plainKeys, requirementKeys } from './profile-shape.ts'

/** The reference of profiles as Markdown, made from what the loader reads them by: `docs/profiles.md`. */
export const profileReference = (): string => {
  const schema = profileSchema()
  const check = schema.$defs?.['check']
  const kinds = requirementKeys.filter(key => !combinators.some(one => one === key))
  return [
    '# Profiles, key by key',
    'Made by `sefleet profile reference` from what the loader itself reads profiles by. README’s chapter “Profiles” shows one, and says ' +
      'what patterns and commands mean.',
    '## A profile',
    tableOf(schema, Object.keys(schema.properties ?? {})),
    '## A check',
    'Beside these keys a check has exactly one requirement: a kind or a combination.',
    tableOf(check, plainKeys),
    '## Combinations',
    'A requirement in `all`, `any`, `not`, `when`, `lowered` or `instead` is a mapping with one key: a kind or a combination.',
    tableOf(check, combinators),
    '## Kinds',
    ...kinds.map(kind => kindText(kind, check?.properties?.[kind])),
  ]
    .join('\n\n')
    .concat('\n')
}

const kindText = (kind: string, node: SchemaNode | undefined): string => {
  const objects = objectsIn(node)
  // Of several mappings one is chosen: none of their keys is needed as such.
  const tables = objects.map(({ required = [], ...one }) =>
    tableOf({ ...one, required: objects.length > 1 ? [] : required }, Object.keys(one.properties ?? {})),
  )
  const [head, rows] = [
    tables[0]?.split('\n').slice(0, 2) ?? [],
    tables.flatMap(one => one.split('\n').slice(2)),
  ]
  return [
    `### \`${kind}\``,
    node?.description ?? '',
    ...(rows.length > 0 ? [[...head, ...rows].join('\n')] : []),
  ].join('\n\n')
}

const objectsIn = (node: SchemaNode | undefined): readonly SchemaNode[] =>
  node === undefined ? [] : node.anyOf ? node.anyOf.flatMap(objectsIn) : node.properties ? [node] : []

const tableOf = (node: SchemaNode | undefined, names: readonly string[]): string =>
  [
    '| key | value | what |',
    '| --- | ----- | ---- |',
    ...names.flatMap(name => rowsOf(name, node?.properties?.[name], node?.required?.includes(name) ?? false)),
  ].join('\n')

const rowsOf = (name: string, node: SchemaNode | undefined, isNeeded: boolean): readonly string[] => {
  const shown = node?.default
  const standard =
    shown === undefined || (Array.isArray(shown) && shown.length === 0)
      ? ''
      : `; \`${plainText(shown)}\` unless given`
  // Keys of a mapping within, but for requirements and what another kind describes.
  const inner = node?.properties ?? (node?.items?.$ref ? undefined : node?.items?.properties)
  const owner = node?.properties ? node : node?.items
  return [
    `| \`${name}\` | ${sortOf(node)}${isNeeded ? ', needed' : standard} | ${cell(node?.description ?? '')} |`,
    ...Object.entries(inner ?? {}).flatMap(([key, one]) =>
      rowsOf(`${name}.${key}`, one, owner?.required?.includes(key) ?? false),
    ),
  ]
}

const sortOf = (node: SchemaNode | undefined): string => {
  if (node?.$ref) return node.$ref.endsWith('/check') ? 'a check' : 'a requirement'
  if (node?.enum) return node.enum.map(one => `\`${String(one)}\``).join(', ')
  if (node?.const !== undefined) return `\`${plainText(node.const)}\``
  if (node?.anyOf) return [...new Set(node.anyOf.map(one => sortOf(one)))].join(' or ')
  if (node?.type === 'array') return `a list${node.items ? ` (${sortOf(node.items)})` : ''}`
  if (typeof node?.additionalProperties === 'object')
    return `a mapping (${sortOf(node.additionalProperties)})`
  return sorts[node?.type ?? ''] ?? 'a value'
}

const sorts: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: '`true` or `false`',
  object: 'a mapping',
}

// A word, a number or a truth value.
const plainText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const cell = (text: string): string => text.replaceAll('|', '\\|')
