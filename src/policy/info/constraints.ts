import { braced, byCodePoint, nameIn, permissionsIn } from '../names.ts'
import type { Constraint, ConstraintNode, ObjectClass, Policy, PolicyNames } from '../policy.ts'
import { symbols } from './counts.ts'

/** The constraints of all classes, as seinfo prints them. */
export const constrainStatements = (policy: Policy): string[] =>
  symbols(policy.classes).flatMap(one =>
    one.constraints.map(constraint => constraintText(policy, one, constraint)),
  )

/** One constraint of a class, as seinfo prints it. */
export const constraintText = (policy: PolicyNames, one: ObjectClass, constraint: Constraint): string =>
  `${constraint.isMls ? 'mlsconstrain' : 'constrain'} ${one.name} ${permissionText(one, constraint)} (${expressionText(policy, constraint.expression)}); `

/** The validatetrans statements of all classes, as seinfo prints them. */
export const validateStatements = (policy: Policy): string[] =>
  symbols(policy.classes).flatMap(one =>
    one.validateTransitions.map(
      constraint =>
        `${constraint.isMls ? 'mlsvalidatetrans' : 'validatetrans'} ${one.name} (${expressionText(policy, constraint.expression)});`,
    ),
  )

const permissionText = ({ permissions }: ObjectClass, constraint: Constraint): string =>
  braced(permissionsIn(permissions, constraint.permissions))

const precedence = { not: 4, compare: 3, and: 2, or: 1 } as const

// As setools: brackets by the precedence of the operator before, so that `(a or b) and c` reads like `a or (b) and (c)`.
const expressionText = (policy: PolicyNames, expression: readonly ConstraintNode[]): string => {
  const stack: string[] = []
  let before = 5
  for (const one of expression) {
    const now = precedence[one.node === 'pair' || one.node === 'names' ? 'compare' : one.node]
    const text = nodeText(policy, one, stack)
    stack.push(one.node === 'not' || before > now ? text : `( ${text} )`)
    before = now
  }
  return stack.pop() ?? ''
}

const nodeText = (policy: PolicyNames, one: ConstraintNode, stack: string[]): string => {
  switch (one.node) {
    case 'pair':
      return `${one.left} ${one.compare} ${one.right}`
    case 'names':
      return `${letters[one.what]}${one.side} ${one.compare} ${setText(namesOf(policy, one))}`
    case 'not':
      return `not ( ${stack.pop() ?? ''} )`
    case 'and':
    case 'or': {
      const right = stack.pop() ?? ''
      return `${stack.pop() ?? ''} ${one.node} ${right}`
    }
    default:
      return one satisfies never
  }
}

const letters = { user: 'u', role: 'r', type: 't' } as const

const namesOf = (policy: PolicyNames, one: Extract<ConstraintNode, { node: 'names' }>): string[] => {
  const table = { user: policy.users, role: policy.roles, type: policy.types }[one.what]
  const values = one.what === 'type' ? (one.written ?? one.values) : one.values
  return Array.from(values, value => nameIn(table, value)).toSorted(byCodePoint)
}

const setText = (names: readonly string[]): string =>
  names.length === 1 ? (names[0] ?? '') : `{ ${names.join(' ')} } `
