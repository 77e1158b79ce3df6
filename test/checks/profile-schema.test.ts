import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { profileSchema, type SchemaNode } from '../../src/checks/json-schema.ts'
import { loadKnowledge } from '../../src/checks/load.ts'
import { parseProfile } from '../../src/checks/profile.ts'
import { profileReference } from '../../src/checks/profile-reference.ts'
import { shippedFolder, shippedProfiles } from '../../src/checks/shipped.ts'
import { parseYaml } from '../../src/model/yaml.ts'
import { expectGolden } from '../golden.ts'

const schema = profileSchema()
const readme = /```yaml\n(profile: site\n[^]*?)```/.exec(readFileSync('README.md', 'utf8'))?.[1] ?? ''
const profiles: readonly (readonly [string, string])[] = [
  ...shippedProfiles().map(name => [name, readFileSync(`${shippedFolder}/${name}.yaml`, 'utf8')] as const),
  ['README’s', readme],
]

const typeOf = (value: unknown): string =>
  Array.isArray(value)
    ? 'array'
    : value === null
      ? 'null'
      : Number.isInteger(value)
        ? 'integer'
        : typeof value

/** As much of a validator as the schema needs: where the value is not by it. A keyword it does not know is an error. */
const against = (node: SchemaNode, value: unknown, at: string): readonly string[] => {
  for (const key of Object.keys(node)) expect(keywords, `${at} ${key}`).to.include(key)
  if (node.$ref) return against(schema.$defs?.[node.$ref.replace('#/$defs/', '')] ?? {}, value, at)
  if (node.anyOf)
    return node.anyOf.some(one => against(one, value, at).length === 0) ? [] : [`${at}: none of anyOf`]
  const type = typeOf(value)
  const isType =
    node.type === undefined || node.type === type || (node.type === 'number' && type === 'integer')
  if (!isType) return [`${at}: ${type} is not ${node.type ?? ''}`]
  if (node.enum && !node.enum.includes(value)) return [`${at}: none of the words`]
  if (node.const !== undefined && node.const !== value) return [`${at}: another word`]
  if (typeof value === 'string' && node.pattern && !new RegExp(node.pattern, 'u').test(value))
    return [`${at}: not by the pattern`]
  if (Array.isArray(value))
    return [
      ...(value.length < (node.minItems ?? 0) ? [`${at}: too few`] : []),
      ...value.flatMap((one, index) => (node.items ? against(node.items, one, `${at}.${index}`) : [])),
    ]
  if (typeof value !== 'object' || value === null) return []
  const keys = Object.keys(value)
  const fits = node.oneOf?.filter(one => one.required?.every(key => keys.includes(key))).length
  return [
    ...(keys.length < (node.minProperties ?? 0) || keys.length > (node.maxProperties ?? Infinity)
      ? [`${at}: count`]
      : []),
    ...(node.required ?? []).filter(key => !keys.includes(key)).map(key => `${at}.${key}: missing`),
    ...(fits === undefined || fits === 1 ? [] : [`${at}: ${fits} of oneOf`]),
    ...Object.entries(value).flatMap(([key, one]) => {
      const property = node.properties?.[key]
      if (property) return against(property, one, `${at}.${key}`)
      if (typeof node.additionalProperties === 'object')
        return against(node.additionalProperties, one, `${at}.${key}`)
      return node.additionalProperties === false ? [`${at}.${key}: unknown`] : []
    }),
  ]
}

const keywords = [
  '$schema',
  '$id',
  'id',
  '$defs',
  '$ref',
  'title',
  'description',
  'type',
  'properties',
  'required',
  'additionalProperties',
  'propertyNames',
  'items',
  'anyOf',
  'oneOf',
  'enum',
  'const',
  'default',
  'minProperties',
  'maxProperties',
  'minItems',
  'minLength',
  'minimum',
  'maximum',
  'pattern',
]

/** Every key of the schema, with its description. */
const described = (node: SchemaNode, at: string): readonly (readonly [string, string | undefined])[] => [
  ...Object.entries(node.properties ?? {}).flatMap(([key, one]) => [
    [
      `${at}.${key}`,
      one.description ?? schema.$defs?.[one.$ref?.replace('#/$defs/', '') ?? '']?.description,
    ] as const,
    ...described(one, `${at}.${key}`),
  ]),
  ...(node.items ? described(node.items, `${at}[]`) : []),
  ...(node.anyOf ?? []).flatMap(one => described(one, at)),
  ...Object.entries(node.$defs ?? {}).flatMap(([key, one]) => described(one, key)),
]

describe('the schema of a profile', () => {
  for (const [name, text] of profiles) {
    it(`accepts what the loader accepts: ${name}`, () => {
      parseProfile(text, name, loadKnowledge())
      expect(against(schema, parseYaml(text).value, '')).to.deep.equal([])
    })

    it(`refuses what the loader refuses: ${name}`, () => {
      const wrong = [
        text.replace(/^( +)severity: /m, '$1severty: '),
        text.replace(/^( +)severity: \w+/m, '$1severity: urgent'),
        text.replace(/^( +)why: /m, '$1owner: x\n$1why: '),
        text.replace(/^profile: /m, 'name: '),
        text.replace(/^( +)severity: /m, '$1kernel: { from: "5" }\n$1mount: { target: / }\n$1severity: '),
      ]
      for (const one of wrong) {
        expect(() => parseProfile(one, name, loadKnowledge())).to.throw(/:\d+:\d+: /)
        expect(against(schema, parseYaml(one).value, '')).to.not.deep.equal([])
      }
    })
  }

  it('has only patterns that JavaScript and Python read alike', () => {
    const patterns = [...JSON.stringify(schema).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text = '""']) => JSON.parse(text) as string, // a string of JSON, as it was matched
    )
    expect(patterns.length).to.be.above(3)
    for (const pattern of patterns) {
      // \p{…}, \u{…} and named groups are written otherwise there; \c and \k are not known.
      expect(pattern).to.not.match(/\\[pPuck]|\(\?<[^=!]/)
      expect(() => new RegExp(pattern, 'u'), pattern).to.not.throw()
      expect(() => new RegExp(pattern), pattern).to.not.throw()
    }
  })

  it('describes every key, and knows those that the loader takes', () => {
    const keys = described(schema, 'profile')
    expect(keys.filter(([, text]) => text === undefined || text === '').map(([key]) => key)).to.deep.equal([])
    expect(keys.map(([key]) => key)).to.include.members([
      'check.afterwards',
      'check.avoid',
      'check.failureTitle',
      'check.symptom',
    ])
  })

  it('is what docs/profiles.md is made from', () => {
    expectGolden('docs/profiles.md', profileReference())
  })
})
