import { createHash } from 'node:crypto'
import { z } from 'zod'
import { SefleetError } from '../errors.ts'
import type { Check, Expression, Knowledge, Profile } from '../model/check.ts'
import { nearest } from '../model/nearest.ts'
import { severitySchema } from '../model/severity.ts'
import { parseYaml, YamlError, type YamlText } from '../model/yaml.ts'
import { kinds } from './kinds/index.ts'

/** Reads a profile's text; every mistake names file, line, column and the nearest valid word. */
export const parseProfile = (text: string, file: string, knowledge: Knowledge): Profile => {
  const yaml = parseOrRefuse(text, file)
  const at: Refuse = (path, message, options) => {
    const { line, column } = yaml.place(path, options)
    return new SefleetError('profile-invalid', `${file}:${line}:${column}: ${message}`)
  }
  const root = mapping(yaml.value, [], at)
  refuseOther(root, ['profile', 'title', 'checks', 'lowered'], [], at)
  if (typeof root['profile'] !== 'string' || !/^[a-z0-9][a-z0-9-]*$/.test(root['profile']))
    throw at(['profile'], 'profile: a name of small letters, digits and dashes is needed')
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
    if (check.consequenceOf !== undefined && !ids.includes(check.consequenceOf))
      throw at(
        ['checks', index, 'consequenceOf'],
        `no check ${check.consequenceOf} in this profile${didYouMean(check.consequenceOf, ids)}`,
      )
  return {
    name,
    ...(typeof root['title'] === 'string' ? { title: root['title'] } : {}),
    sha256: createHash('sha256').update(text).digest('hex'),
    checks,
  }
}

type Path = readonly PropertyKey[]
type Refuse = (path: Path, message: string, options?: { readonly key?: boolean }) => SefleetError

const parseOrRefuse = (text: string, file: string): YamlText => {
  try {
    return parseYaml(text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new SefleetError(
      'profile-invalid',
      `${file}:${error.place.line}:${error.place.column}: ${error.message}`,
    )
  }
}

const mapping = (value: unknown, path: Path, at: Refuse): Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw at(path, 'a mapping (key: value) is needed here')
  return value as Record<string, unknown> // a YAML mapping; its keys are strings after toJS
}

const refuseOther = (
  value: Record<string, unknown>,
  allowed: readonly string[],
  path: Path,
  at: Refuse,
): void => {
  const other = Object.keys(value).find(key => !allowed.includes(key))
  if (other !== undefined)
    throw at([...path, other], `unknown key '${other}'${didYouMean(other, allowed)}`, { key: true })
}

const didYouMean = (word: string, candidates: readonly string[]): string => {
  const near = nearest(word, candidates)
  return near === undefined ? `; known are ${candidates.join(', ')}` : `: did you mean '${near}'?`
}

const plainKeys = [
  'id',
  'title',
  'severity',
  'why',
  'remedy',
  'references',
  'finding',
  'when',
  'lowered',
  'consequenceOf',
]
const combinators = ['all', 'any', 'not']

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
  const references = check['references'] ?? []
  if (!Array.isArray(references) || references.some(one => typeof one !== 'string'))
    throw at([...path, 'references'], `${id}: references is a list of texts`)
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
    finding: text('finding'),
    consequenceOf: text('consequenceOf'),
  }
  return {
    id,
    profile,
    title: text('title') ?? id,
    severity: severity.data,
    references,
    requirement,
    lowered: [...toLowered(check['lowered'], [...path, 'lowered'], at, knowledge), ...lowered],
    ...(check['when'] === undefined
      ? {}
      : { when: toExpression(check['when'], [...path, 'when'], at, knowledge) }),
    // Every value that is left is a text.
    ...(Object.fromEntries(Object.entries(optional).filter(([, one]) => one !== undefined)) as Partial<
      Pick<Check, 'why' | 'remedy' | 'finding' | 'consequenceOf'>
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

const toExpression = (value: unknown, path: Path, at: Refuse, knowledge: Knowledge): Expression => {
  const node = mapping(value, path, at)
  const [key, ...more] = Object.keys(node)
  if (key === undefined || more.length > 0)
    throw at(path, `exactly one of ${[...combinators, ...kinds.keys()].join(', ')} is needed here`)
  const here = [...path, key]
  if (key === 'not') return { not: toExpression(node[key], here, at, knowledge) }
  if (key === 'all' || key === 'any') {
    const list = node[key]
    if (!Array.isArray(list) || list.length === 0) throw at(here, `${key}: a list of at least one is needed`)
    const members = list.map((member: unknown, index) =>
      toExpression(member, [...here, index], at, knowledge),
    )
    return key === 'all' ? { all: members } : { any: members }
  }
  const kind = kinds.get(key)
  if (!kind)
    throw at(here, `unknown kind '${key}'${didYouMean(key, [...kinds.keys(), ...combinators])}`, {
      key: true,
    })
  const params = kind.schema.safeParse(node[key])
  if (!params.success) throw refuseParams(params.error, here, at)
  refuseUnknownComponents(key, params.data, here, at, knowledge)
  return { kind: key, params: params.data }
}

// The issue that goes deepest is the nearest to the mistake; a union reports all its branches.
const refuseParams = (error: z.ZodError, path: Path, at: Refuse): SefleetError => {
  const issues = flatten(error.issues, [])
  const [issue] = issues.toSorted((a, b) => b.path.length - a.path.length)
  if (!issue) return at(path, 'not valid')
  const here = [...path, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    return at([...here, key], `unknown key '${key}'${didYouMean(key, issue.allowed)}`, { key: true })
  }
  return at(here, `${here.slice(2).map(String).join('.')}: ${issue.message}`)
}

interface Issue {
  readonly code: string
  readonly path: Path
  readonly message: string
  readonly keys: readonly string[]
  readonly allowed: readonly string[]
}
const flatten = (issues: readonly z.core.$ZodIssue[], path: Path): readonly Issue[] =>
  issues.flatMap(issue => {
    const here = [...path, ...issue.path]
    if (issue.code === 'invalid_union' && issue.errors.length > 0)
      return issue.errors.flatMap(branch => flatten(branch, here))
    return [
      {
        code: issue.code,
        path: here,
        message: issue.message,
        keys: issue.code === 'unrecognized_keys' ? issue.keys : [],
        allowed: knownKeys,
      },
    ]
  })

// Every word a kind's parameters may use: enough to name the nearest.
const knownKeys = [
  ...new Set(
    [...kinds.values()].flatMap(kind => {
      const schema = JSON.stringify(z.toJSONSchema(kind.schema, { io: 'input', unrepresentable: 'any' }))
      return [...schema.matchAll(/"properties":\{(.*?)\}[,}]/g)].flatMap(([, body = '']) =>
        [...body.matchAll(/"(\w+)":\{/g)].map(([, key = '']) => key),
      )
    }),
  ),
]

const refuseUnknownComponents = (
  kind: string,
  params: unknown,
  path: Path,
  at: Refuse,
  { components }: Knowledge,
): void => {
  const ids = components.components.map(({ id }) => id)
  const families = components.families.map(({ id }) => id)
  const named = (list: readonly string[], known: readonly string[], what: string, where: Path) => {
    const wrong = list.find(one => !known.includes(one))
    if (wrong !== undefined) throw at(where, `no ${what} '${wrong}'${didYouMean(wrong, known)}`)
  }
  if (kind === 'component' && typeof params === 'string') named([params], ids, 'component', path)
  if (kind === 'family' && typeof params === 'string') named([params], families, 'family', path)
  if (kind !== 'process') return
  const {
    component = [],
    family,
    except = [],
  } = params as { component?: readonly string[]; family?: string; except?: readonly string[] } // the process kind's own schema
  named(component, ids, 'component', [...path, 'component'])
  named(except, ids, 'component', [...path, 'except'])
  if (family !== undefined) named([family], families, 'family', [...path, 'family'])
}
