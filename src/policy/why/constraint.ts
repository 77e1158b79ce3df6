import type { Compare, ConstraintNode, Level, PolicyNames } from '../policy.ts'
import type { End } from './context-values.ts'

/**
 * Whether a constraint lets an access through; undefined where that depends on a user, role or range that is not known.
 * As constraint_expr_eval() in the kernel's services.c.
 */
export const constraintHolds = (
  policy: PolicyNames,
  expression: readonly ConstraintNode[],
  source: End,
  target: End,
): boolean | undefined => {
  const stack: (boolean | undefined)[] = []
  for (const one of expression) {
    switch (one.node) {
      case 'not': {
        const value = stack.pop()
        stack.push(value === undefined ? undefined : !value)
        break
      }
      case 'and': {
        const [right, left] = [stack.pop(), stack.pop()]
        stack.push(left === false || right === false ? false : left === undefined ? undefined : right)
        break
      }
      case 'or': {
        const [right, left] = [stack.pop(), stack.pop()]
        stack.push(left === true || right === true ? true : left === undefined ? undefined : right)
        break
      }
      case 'names': {
        const value = valueOf(one.what, one.side === 2 ? target : source)
        stack.push(value === undefined ? undefined : one.values.includes(value) === (one.compare === '=='))
        break
      }
      case 'pair':
        stack.push(pairHolds(policy, one, source, target))
        break
      default:
        one satisfies never
    }
  }
  return stack.pop()
}

const valueOf = (what: 'user' | 'role' | 'type', end: End): number | undefined => end[what]

const pairHolds = (
  policy: PolicyNames,
  { left, right, compare }: Extract<ConstraintNode, { node: 'pair' }>,
  source: End,
  target: End,
): boolean | undefined => {
  const side = (word: string): End => (word.endsWith('2') ? target : source)
  switch (left.slice(0, 1)) {
    case 'u':
      return equality(source.user, target.user, compare)
    case 't':
      return equality(source.type, target.type, compare)
    case 'r':
      return roles(policy, source.role, target.role, compare)
    default:
      return levels(levelOf(left, side(left)), levelOf(right, side(right)), compare)
  }
}

const equality = (
  left: number | undefined,
  right: number | undefined,
  compare: Compare,
): boolean | undefined =>
  left === undefined || right === undefined ? undefined : (left === right) === (compare === '==')

const roles = (
  { roles: table }: PolicyNames,
  left: number | undefined,
  right: number | undefined,
  compare: Compare,
): boolean | undefined => {
  if (left === undefined || right === undefined) return undefined
  const dominates = (one: number, other: number): boolean =>
    table.byValue[one]?.dominates.includes(other) ?? false
  return relation(left === right, dominates(left, right), dominates(right, left), compare)
}

const levels = (left: Level | undefined, right: Level | undefined, compare: Compare): boolean | undefined => {
  if (!left || !right) return undefined
  const isSame =
    left.sensitivity === right.sensitivity &&
    left.categories.length === right.categories.length &&
    left.categories.every((value, index) => right.categories[index] === value)
  return relation(isSame, dominatesLevel(left, right), dominatesLevel(right, left), compare)
}

/** Whether a level is at least as high as another and has all its categories. */
export const dominatesLevel = (one: Level, other: Level): boolean =>
  one.sensitivity >= other.sensitivity && other.categories.every(value => one.categories.includes(value))

const relation = (isSame: boolean, dominates: boolean, isDominated: boolean, compare: Compare): boolean => {
  switch (compare) {
    case '==':
      return isSame
    case '!=':
      return !isSame
    case 'dom':
      return dominates
    case 'domby':
      return isDominated
    case 'incomp':
      return !dominates && !isDominated
    default:
      return compare satisfies never
  }
}

const levelOf = (word: string, { range }: End): Level | undefined =>
  word.startsWith('l') ? range?.low : range?.high
