import { holds } from '../../model/boolean-expression.ts'
import { booleansOf } from '../condition.ts'
import { ruleBits, type Policy } from '../policy.ts'

/** How many types get something more when booleans are switched: what opens hundreds of them is never the small step. */
export const reachOf = (policy: Policy, switched: readonly { name: string; state: boolean }[]): number =>
  Math.max(0, ...switched.map(one => reachOfOne(policy, one)))

const remembered = new WeakMap<Policy, Map<string, number>>()

// Every other boolean as the policy has it: one that needs another one too is told with that one.
const reachOfOne = (policy: Policy, { name, state }: { name: string; state: boolean }): number => {
  const known = remembered.get(policy) ?? new Map<string, number>()
  remembered.set(policy, known)
  const key = `${name}=${state}`
  const reach = known.get(key) ?? countSources(policy, name, state)
  known.set(key, reach)
  return reach
}

const countSources = (policy: Policy, name: string, state: boolean): number => {
  const { rules, conditions, booleans, types, membersOf } = policy
  const valueOf = (boolean: number) => booleans.byValue[boolean]
  const opened = conditions.map(condition => {
    if (![...booleansOf(condition)].some(one => valueOf(one)?.name === name)) return undefined
    return holds(condition, one => (valueOf(one)?.name === name ? state : (valueOf(one)?.state ?? false)))
  })
  const sources = new Set<number>()
  for (let rule = 0; rule < rules.count; rule += 1) {
    const condition = rules.condition[rule] ?? -1
    if (condition < 0 || rules.kind[rule] !== ruleBits.allow) continue
    if (opened[condition >> 1] !== ((condition & 1) === 0)) continue
    const source = rules.source[rule] ?? 0
    if (types.byValue[source]?.isAttribute === true)
      for (const member of membersOf[source] ?? []) sources.add(member)
    else sources.add(source)
  }
  return sources.size
}
