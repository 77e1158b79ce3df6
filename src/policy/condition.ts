import type { Condition, Policy } from './policy.ts'

const precedence = { not: 5, '==': 4, '!=': 4, and: 3, xor: 2, or: 1 } as const
const signs = { and: '&&', xor: '^', or: '||', '==': '==', '!=': '!=' } as const

/**
 * A condition as setools writes it, so that lines can be compared: the right operand first, and brackets put by the
 * precedence of the operator that was read before. To people it can be ambiguous; evaluate the postfix, never this text.
 */
export const conditionText = (policy: Policy, condition: Condition): string => {
  const stack: { readonly text: string; readonly isName: boolean }[] = []
  const pop = () => stack.pop() ?? { text: '', isName: true }
  let before = 5
  for (const one of condition) {
    if (one.node === 'boolean') {
      stack.push({ text: policy.booleans.byValue[one.value]?.name ?? '', isName: true })
      continue
    }
    const now = precedence[one.node]
    const first = pop()
    if (one.node === 'not') {
      stack.push({ text: first.isName ? `! ${first.text}` : `! ( ${first.text} )`, isName: false })
    } else {
      const text = `${first.text} ${signs[one.node]} ${pop().text}`
      stack.push({ text: before > now ? text : `( ${text} )`, isName: false })
    }
    before = now
  }
  return pop().text
}

/** The booleans that a condition mentions, by value. */
export const booleansOf = (condition: Condition): ReadonlySet<number> =>
  new Set(condition.flatMap(one => (one.node === 'boolean' ? [one.value] : [])))
