/** What policy booleans must be for a rule to hold, in postfix; a boolean goes by its value in a policy, elsewhere by its name. */
export type BooleanExpression<Name> = readonly (
  | { readonly node: 'boolean'; readonly value: Name }
  | { readonly node: 'not' | 'or' | 'and' | 'xor' | '==' | '!=' }
)[]

/** Whether a condition holds; undefined when that depends on a boolean whose state is not known. */
export const holds = <Name>(
  condition: BooleanExpression<Name>,
  stateOf: (boolean: Name) => boolean | undefined,
): boolean | undefined => {
  const stack: (boolean | undefined)[] = []
  for (const one of condition) {
    if (one.node === 'boolean') {
      stack.push(stateOf(one.value))
      continue
    }
    const right = stack.pop()
    if (one.node === 'not') {
      stack.push(right === undefined ? undefined : !right)
      continue
    }
    stack.push(combine(one.node, stack.pop(), right))
  }
  return stack.pop()
}

// Strong Kleene: false && unknown is false.
const combine = (
  node: 'or' | 'and' | 'xor' | '==' | '!=',
  left: boolean | undefined,
  right: boolean | undefined,
): boolean | undefined => {
  switch (node) {
    case 'and':
      return left === false || right === false
        ? false
        : left === undefined || right === undefined
          ? undefined
          : true
    case 'or':
      return left === true || right === true
        ? true
        : left === undefined || right === undefined
          ? undefined
          : false
    case 'xor':
    case '!=':
      return left === undefined || right === undefined ? undefined : left !== right
    case '==':
      return left === undefined || right === undefined ? undefined : left === right
    default:
      return node satisfies never
  }
}
