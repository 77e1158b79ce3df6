import { z } from 'zod'
import { wholeShape } from './profile-shape.ts'

/** The JSON Schema of a whole profile, for editors; the reader itself says more (places, nearest words). */
export const profileSchema = (): SchemaNode => ({
  title: 'A profile of sefleet',
  ...(z.toJSONSchema(wholeShape, { io: 'input', unrepresentable: 'any' }) as SchemaNode), // it is what the call is for
})

/** As much of JSON Schema as zod writes for a profile. */
export interface SchemaNode {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, SchemaNode>>
  readonly description?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | SchemaNode
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly minItems?: number
  readonly minLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly title?: string
}

/** The schemas that a value at this path may be by, with references followed: several where there is a choice. */
export const schemasAt = (root: SchemaNode, path: readonly PropertyKey[]): readonly SchemaNode[] =>
  path.reduce<readonly SchemaNode[]>(
    (nodes, step) => nodes.flatMap(node => within(root, node, step)),
    choices(root, root),
  )

const choices = (root: SchemaNode, node: SchemaNode): readonly SchemaNode[] => {
  const target = node.$ref === undefined ? undefined : root.$defs?.[node.$ref.replace('#/$defs/', '')]
  if (target) return choices(root, target)
  return node.anyOf ? node.anyOf.flatMap(one => choices(root, one)) : [node]
}

const within = (root: SchemaNode, node: SchemaNode, step: PropertyKey): readonly SchemaNode[] => {
  const other = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined
  const next = typeof step === 'number' ? node.items : (node.properties?.[String(step)] ?? other)
  return next ? choices(root, next) : []
}
