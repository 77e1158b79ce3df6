import { z } from 'zod'
import type { SefleetError } from '../errors.ts'
import type { Expression, Knowledge } from '../model/check.ts'
import { kinds } from './kinds/index.ts'
import { didYouMean, mapping, type Path, type Refuse } from './profile-mistakes.ts'

export const combinators: readonly string[] = ['all', 'any', 'not']

/** Reads a requirement or a guard: one kind with its parameters, or a combination. */
export const toExpression = (value: unknown, path: Path, at: Refuse, knowledge: Knowledge): Expression => {
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

// The issue that goes deepest is the nearest to the mistake; a union reports all its branches. Of equals, a wrong value
// tells more than a wrong key, and that more than what is missing because of it.
const refuseParams = (error: z.ZodError, path: Path, at: Refuse): SefleetError => {
  const issues = flatten(error.issues, [])
  const [issue] = issues.toSorted((a, b) => b.depth - a.depth || rankOf(a) - rankOf(b))
  if (!issue) return at(path, 'not valid')
  const here = [...path, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    return at([...here, key], `unknown key '${key}'${didYouMean(key, issue.allowed)}`, { key: true })
  }
  return at(here, `${here.slice(2).map(String).join('.')}: ${issue.message}`)
}

const rankOf = ({ code, message }: Issue): number =>
  message.endsWith('received undefined') ? 2 : code === 'unrecognized_keys' ? 1 : 0

interface Issue {
  readonly depth: number
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
        depth: here.length + (issue.code === 'unrecognized_keys' ? 1 : 0),
        path: here,
        message: issue.message,
        keys: issue.code === 'unrecognized_keys' ? issue.keys : [],
        allowed: knownKeys,
      },
    ]
  })

const propertyNames = (schema: unknown): readonly string[] => {
  if (typeof schema !== 'object' || schema === null) return []
  const own =
    'properties' in schema && typeof schema.properties === 'object'
      ? Object.keys(schema.properties ?? {})
      : []
  return [...own, ...Object.values(schema).flatMap(propertyNames)]
}

// Every word a kind's parameters may use: enough to name the nearest.
const knownKeys = [
  ...new Set(
    [...kinds.values()].flatMap(kind =>
      propertyNames(z.toJSONSchema(kind.schema, { io: 'input', unrepresentable: 'any' })),
    ),
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
