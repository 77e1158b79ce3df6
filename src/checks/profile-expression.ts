import type { Expression, Knowledge, Reference } from '../model/check.ts'
import { kinds } from './kinds/index.ts'
import { didYouMean, isMapping, type Mistake, type Path } from './profile-mistakes.ts'
import { requirementKeys } from './profile-shape.ts'

/** A requirement or a guard as its shape gave it: a mapping with one key. */
export const toExpression = (node: Record<string, unknown>): Expression => {
  const [key = ''] = Object.keys(node)
  const value = node[key]
  if (key === 'not') return { not: toExpression(mappingOf(value)) }
  if (key === 'all') return { all: listOf(value).map(toExpression) }
  if (key === 'any') return { any: listOf(value).map(toExpression) }
  return { kind: key, params: value }
}

// Its shape was checked.
const mappingOf = (value: unknown): Record<string, unknown> => (isMapping(value) ? value : {})
const listOf = (value: unknown): readonly Record<string, unknown>[] =>
  Array.isArray(value) ? value.map(mappingOf) : []

/** Where not exactly one requirement stands, from a check's or a guard's keys down; a key that nothing knows is told elsewhere. */
export const countMistakes = (value: unknown, path: Path, isCheck: boolean): readonly Mistake[] => {
  if (!isMapping(value)) return []
  const found = Object.keys(value).filter(key => requirementKeys.includes(key))
  const others = Object.keys(value).filter(key => !requirementKeys.includes(key))
  const id = isCheck && typeof value['id'] === 'string' ? `${value['id']}: ` : ''
  // A mapping under an unknown key was meant for a kind.
  const isTold = isCheck ? others.some(key => isMapping(value[key]) && !guards.has(key)) : others.length > 0
  const own: readonly Mistake[] =
    found.length > 1
      ? [
          {
            path: [...path, found[1] ?? ''],
            key: true,
            message: `${id}exactly one kind is needed here, and there are ${found.join(' and ')}: combine them by all: [{ ${found[0]}: … }, { ${found[1]}: … }]`,
          },
        ]
      : found.length === 0 && !isTold
        ? [{ path, message: `${id}one kind is needed here: ${requirementKeys.join(', ')}` }]
        : []
  const below = found.flatMap(key => {
    const inner = value[key]
    if (key === 'not') return countMistakes(inner, [...path, key], false)
    if ((key === 'all' || key === 'any') && Array.isArray(inner))
      return inner.flatMap((one, index) => countMistakes(one, [...path, key, index], false))
    return []
  })
  return [...own, ...below]
}

const guards = new Set(['when'])

/** The commands in a requirement, with their places. */
export const commandsIn = (
  expression: Expression,
  path: Path,
): readonly { readonly run: string; readonly path: Path }[] =>
  kindsIn(expression, path).flatMap(({ kind, params, path: here }) => {
    const run = kinds.get(kind)?.runs?.(params)
    return run === undefined ? [] : [{ run, path: [...here, 'run'] }]
  })

interface KindAt {
  readonly kind: string
  readonly params: unknown
  readonly path: Path
}

const kindsIn = (expression: Expression, path: Path): readonly KindAt[] => {
  if ('not' in expression) return kindsIn(expression.not, [...path, 'not'])
  if ('all' in expression)
    return expression.all.flatMap((one, index) => kindsIn(one, [...path, 'all', index]))
  if ('any' in expression)
    return expression.any.flatMap((one, index) => kindsIn(one, [...path, 'any', index]))
  return [{ ...expression, path: [...path, expression.kind] }]
}

/** Names in a requirement that the domain's data does not have. */
export const referenceMistakes = (
  expression: Expression,
  path: Path,
  knowledge: Knowledge,
): readonly Mistake[] =>
  kindsIn(expression, path).flatMap(({ kind, params, path: here }) =>
    (kinds.get(kind)?.refersTo?.(params) ?? []).flatMap(({ to, name, key }) => {
      const known = namesOf(to, knowledge)
      if (known.includes(name)) return []
      const message = `no ${to} '${name}'${didYouMean(name, known)}`
      return [{ path: key === undefined ? here : [...here, key], message }]
    }),
  )

const namesOf = (to: Reference['to'], { components, advisories, roots }: Knowledge): readonly string[] => {
  switch (to) {
    case 'component':
      return components.components.map(({ id }) => id)
    case 'family':
      return components.families.map(({ id }) => id)
    case 'advisory':
      return advisories.map(({ id }) => id)
    case 'root':
      return Object.keys(roots)
    default:
      return to satisfies never
  }
}
