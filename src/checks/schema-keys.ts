import { profileSchema, schemasAt, type SchemaNode } from './json-schema.ts'
import type { Path } from './profile-mistakes.ts'

const schema: SchemaNode = profileSchema()

/** The keys that a mapping at this path of a profile may have. */
export const keysAt = (path: Path): readonly string[] => [
  ...new Set(schemasAt(schema, path).flatMap(({ properties = {} }) => Object.keys(properties))),
]

/** What is to be written there, as far as the schema knows; the end of a sentence. */
export const descriptionAt = (path: Path): string => {
  const [first] = schemasAt(schema, path)
  if (first?.enum) return `: one of ${first.enum.map(String).join(', ')}`
  const { description } = first ?? {}
  return description === undefined
    ? ''
    : `: ${description.charAt(0).toLowerCase()}${description.slice(1).replace(/\.$/, '')}`
}
