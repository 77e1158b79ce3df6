import type { Compare, Constraint, ConstraintNode, ConstraintSide, ConstraintWord } from '../policy.ts'
import { readValues } from './bitmap.ts'
import type { Cursor } from './cursor.ts'

/** Reads the constraints of a class: `u32 permissions, u32 nodes`, then an expression in postfix. */
export const readConstraints = (from: Cursor, count: number, version: number): Constraint[] => {
  if (count * 8 > from.left) from.fail(`${count} constraints cannot be in the ${from.left} bytes that follow`)
  return Array.from({ length: count }, () => {
    const permissions = from.u32()
    const nodes = from.count(12, 'nodes of a constraint')
    const expression = Array.from({ length: nodes }, () => readNode(from, version))
    checkPostfix(from, expression, 'a constraint')
    return { permissions, expression, isMls: expression.some(isLevelPair) }
  })
}

/** Refuses an expression that does not leave exactly one value. */
export const checkPostfix = (
  from: Cursor,
  expression: readonly { readonly node: string }[],
  what: string,
): void => {
  let depth = 0
  for (const { node } of expression) {
    if (node === 'not') depth -= 1
    else if (binary.has(node)) depth -= 2
    if (depth < 0) from.fail(`${what} whose expression lacks an operand`)
    depth += 1
  }
  if (depth !== 1) from.fail(`${what} whose expression leaves ${depth} values`)
}

const binary = new Set(['and', 'or', 'xor', '==', '!='])

const readNode = (from: Cursor, version: number): ConstraintNode => {
  const [kind, attribute, operator] = [from.u32(), from.u32(), from.u32()]
  switch (kind) {
    case 1:
      return { node: 'not' }
    case 2:
      return { node: 'and' }
    case 3:
      return { node: 'or' }
    case 4: {
      const pair = pairs.get(attribute)
      if (!pair) return from.fail(`a constraint that compares by attribute ${attribute}`)
      return { node: 'pair', compare: compareOf(from, operator), left: pair[0], right: pair[1] }
    }
    case 5: {
      const what = named.get(attribute & 7)
      if (!what || (attribute & ~31) !== 0)
        return from.fail(`a constraint on the names of attribute ${attribute}`)
      const side: ConstraintSide = (attribute & 16) !== 0 ? 3 : (attribute & 8) !== 0 ? 2 : 1
      const values = readValues(from)
      const written = version >= 29 ? readTypeSet(from) : undefined
      return { node: 'names', compare: compareOf(from, operator), what, side, values, written }
    }
    default:
      return from.fail(`a constraint’s node of kind ${kind}`)
  }
}

const compareOf = (from: Cursor, operator: number): Compare =>
  (['==', '!=', 'dom', 'domby', 'incomp'] as const)[operator - 1] ??
  from.fail(`a constraint’s operator ${operator}`)

/** Types, types left out, and flags; kernel policies use the first only. */
const readTypeSet = (from: Cursor): Uint16Array => {
  const types = readValues(from)
  readValues(from)
  from.u32()
  return types
}

const named = new Map<number, 'user' | 'role' | 'type'>([
  [1, 'user'],
  [2, 'role'],
  [4, 'type'],
])

const pairs = new Map<number, readonly [ConstraintWord, ConstraintWord]>([
  [1, ['u1', 'u2']],
  [2, ['r1', 'r2']],
  [4, ['t1', 't2']],
  [32, ['l1', 'l2']],
  [64, ['l1', 'h2']],
  [128, ['h1', 'l2']],
  [256, ['h1', 'h2']],
  [512, ['l1', 'h1']],
  [1024, ['l2', 'h2']],
])

const isLevelPair = (one: ConstraintNode): boolean => one.node === 'pair' && /^[lh]/.test(one.left)
