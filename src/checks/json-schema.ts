import { z } from 'zod'
import { severitySchema } from '../model/severity-schema.ts'
import { kinds } from './kinds/index.ts'
import { componentTypesSchema } from './schema-parts.ts'

/** The JSON Schema of a whole profile, for editors; the reader itself says more (places, nearest words). */
export const profileSchema = (): object => {
  const expression = { $ref: '#/$defs/expression' }
  const requirement = {
    ...Object.fromEntries([...kinds].map(([name, kind]) => [name, schemaOf(kind.schema)])),
    all: { type: 'array', minItems: 1, items: expression },
    any: { type: 'array', minItems: 1, items: expression },
    not: expression,
  }
  const lowered = {
    type: 'array',
    items: {
      type: 'object',
      required: ['when', 'to', 'because'],
      additionalProperties: false,
      properties: { when: expression, to: schemaOf(severitySchema), because: { type: 'string' } },
    },
  }
  const text = { type: 'string' }
  const id = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]*$' }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A profile of sefleet',
    type: 'object',
    required: ['profile', 'checks'],
    additionalProperties: false,
    properties: {
      profile: id,
      title: text,
      lowered,
      componentTypes: schemaOf(componentTypesSchema),
      checks: { type: 'array', minItems: 1, items: { $ref: '#/$defs/check' } },
    },
    $defs: {
      expression: {
        type: 'object',
        minProperties: 1,
        maxProperties: 1,
        additionalProperties: false,
        properties: requirement,
      },
      check: {
        type: 'object',
        required: ['id', 'severity'],
        additionalProperties: false,
        properties: {
          id,
          title: text,
          severity: schemaOf(severitySchema),
          why: text,
          remedy: text,
          references: { type: 'array', items: text },
          finding: text,
          when: expression,
          lowered,
          consequenceOf: { anyOf: [id, { type: 'array', items: id }] },
          failureTitle: text,
          symptom: text,
          ...requirement,
        },
        oneOf: Object.keys(requirement).map(name => ({ required: [name] })),
      },
    },
  }
}

const schemaOf = (schema: z.ZodType): object => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}
