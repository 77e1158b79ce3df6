import { createHash } from 'node:crypto'
import type { Check, Knowledge, Profile } from '../model/check.ts'
import { severitySchema } from '../model/severity-schema.ts'
import { kinds } from './kinds/index.ts'
import { toComponentTypes } from './profile-component-types.ts'
import { combinators, toExpression } from './profile-expression.ts'
import {
  didYouMean,
  mapping,
  parseOrRefuse,
  refuseOther,
  refusing,
  type Path,
  type Refuse,
} from './profile-mistakes.ts'

/** Reads a profile's text; every mistake names file, line, column and the nearest valid word. */
export const parseProfile = (text: string, file: string, knowledge: Knowledge): Profile => {
  const yaml = parseOrRefuse(text, file)
  const at = refusing(yaml, file)
  const root = mapping(yaml.value, [], at)
  refuseOther(root, ['profile', 'title', 'checks', 'lowered', 'componentTypes'], [], at)
  if (typeof root['profile'] !== 'string' || !/^[a-z0-9][a-z0-9-]*$/.test(root['profile']))
    throw at(['profile'], 'profile: a name of small letters, digits and dashes is needed')
  const componentTypes = toComponentTypes(root['componentTypes'], at)
  if (!Array.isArray(root['checks']) || root['checks'].length === 0)
    throw at(['checks'], 'checks: a list of checks is needed')
  const name = root['profile']
  const lowered = toLowered(root['lowered'], ['lowered'], at, knowledge)
  const checks = root['checks'].map((value: unknown, index) =>
    toCheck(value, { path: ['checks', index], profile: name, lowered, at, knowledge }),
  )
  const ids = checks.map(({ id }) => id)
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index)
  if (twice >= 0) throw at(['checks', twice, 'id'], `the id ${ids[twice]} is used twice`)
  for (const [index, check] of checks.entries())
    for (const cause of check.consequenceOf)
      if (!ids.includes(cause))
        throw at(
          ['checks', index, 'consequenceOf'],
          `no check ${cause} in this profile${didYouMean(cause, ids)}`,
        )
  return {
    name,
    ...(typeof root['title'] === 'string' ? { title: root['title'] } : {}),
    sha256: createHash('sha256').update(text).digest('hex'),
    ...(componentTypes ? { componentTypes } : {}),
    checks,
  }
}

const plainKeys = [
  'id',
  'title',
  'failureTitle',
  'symptom',
  'severity',
  'why',
  'remedy',
  'afterwards',
  'avoid',
  'references',
  'finding',
  'when',
  'lowered',
  'consequenceOf',
]

interface Here {
  readonly path: Path
  readonly profile: string
  readonly lowered: Check['lowered']
  readonly at: Refuse
  readonly knowledge: Knowledge
}

const toCheck = (value: unknown, { path, profile, lowered, at, knowledge }: Here): Check => {
  const check = mapping(value, path, at)
  refuseOther(check, [...plainKeys, ...combinators, ...kinds.keys()], path, at)
  const id = check['id']
  if (typeof id !== 'string' || !/^[a-z0-9][a-z0-9-]*$/.test(id))
    throw at([...path, 'id'], 'id: small letters, digits and dashes are needed')
  const severity = severitySchema.safeParse(check['severity'])
  if (!severity.success)
    throw at(
      [...path, 'severity'],
      `${id}: severity '${String(check['severity'])}'${didYouMean(String(check['severity']), severitySchema.options)}`,
    )
  const text = (key: string): string | undefined => {
    const one = check[key]
    if (one !== undefined && typeof one !== 'string') throw at([...path, key], `${id}: ${key} is a text`)
    return one
  }
  const texts = (key: string): readonly string[] => {
    const list = check[key] ?? []
    const all = Array.isArray(list) ? list : [list]
    if (all.some(one => typeof one !== 'string'))
      throw at([...path, key], `${id}: ${key} is a text or a list of texts`)
    return all
  }
  const requirementKeys = Object.keys(check).filter(key => !plainKeys.includes(key))
  if (requirementKeys.length !== 1)
    throw at(
      path,
      `${id}: exactly one kind is needed, found ${requirementKeys.join(', ') || 'none'}; known are ${[...kinds.keys(), ...combinators].join(', ')}`,
    )
  const requirement = toExpression(
    Object.fromEntries(requirementKeys.map(key => [key, check[key]])),
    path,
    at,
    knowledge,
  )
  const optional = {
    why: text('why'),
    remedy: text('remedy'),
    afterwards: text('afterwards'),
    avoid: text('avoid'),
    finding: text('finding'),
    failureTitle: text('failureTitle'),
    symptom: text('symptom'),
  }
  return {
    id,
    profile,
    title: text('title') ?? id,
    severity: severity.data,
    references: texts('references'),
    consequenceOf: texts('consequenceOf'),
    requirement,
    lowered: [...toLowered(check['lowered'], [...path, 'lowered'], at, knowledge), ...lowered],
    ...(check['when'] === undefined
      ? {}
      : { when: toExpression(check['when'], [...path, 'when'], at, knowledge) }),
    // Every value that is left is a text.
    ...(Object.fromEntries(Object.entries(optional).filter(([, one]) => one !== undefined)) as Partial<
      Pick<Check, 'why' | 'remedy' | 'afterwards' | 'avoid' | 'finding' | 'failureTitle' | 'symptom'>
    >),
  }
}

const toLowered = (value: unknown, path: Path, at: Refuse, knowledge: Knowledge): Check['lowered'] => {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw at(path, 'lowered is a list')
  return value.map((entry: unknown, index) => {
    const here = [...path, index]
    const one = mapping(entry, here, at)
    refuseOther(one, ['when', 'to', 'because'], here, at)
    const to = severitySchema.safeParse(one['to'])
    if (!to.success)
      throw at(
        [...here, 'to'],
        `to: a severity is needed${didYouMean(String(one['to']), severitySchema.options)}`,
      )
    if (typeof one['because'] !== 'string') throw at([...here, 'because'], 'because: a text is needed')
    return {
      when: toExpression(one['when'], [...here, 'when'], at, knowledge),
      to: to.data,
      because: one['because'],
    }
  })
}
