import type { ReadAsk } from '../model/ask.ts'
import { holds } from '../model/boolean-expression.ts'
import type { RuleCondition } from '../model/facts.ts'

export const booleansAsk = { probe: 'booleans', params: {} } as const

/** Whether a rule holds with the node’s current booleans; undefined when that cannot be said. */
export const holdsNow = (condition: RuleCondition | undefined, read: ReadAsk): boolean | undefined => {
  if (!condition) return true
  const booleans = read(booleansAsk)
  if (!condition.expression || booleans.state === 'unreadable') return undefined
  const states = new Map(booleans.value.map(({ name, current }) => [name, current]))
  const isTrue = holds(condition.expression, name => states.get(name))
  return isTrue === undefined ? undefined : isTrue === condition.branch
}
