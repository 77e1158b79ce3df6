import type { Rules } from '../policy.ts'

/** The indexes of rules, those of each source (or target) value together. */
export interface RulesByEnd {
  /** By value: where its rules begin in `order`; they end where the next value’s begin. */
  readonly starts: Uint32Array
  readonly order: Uint32Array
}

const known = new WeakMap<Rules, { source?: RulesByEnd; target?: RulesByEnd }>()

/** The rules of a policy by one of their ends, sorted at the first question that needs it. */
export const rulesByEnd = (rules: Rules, end: 'source' | 'target'): RulesByEnd => {
  const sorted = known.get(rules) ?? {}
  known.set(rules, sorted)
  return (sorted[end] ??= countingSort(rules[end], rules.count))
}

const countingSort = (values: Uint16Array, count: number): RulesByEnd => {
  const starts = new Uint32Array(0x1_0001)
  for (let rule = 0; rule < count; rule += 1) {
    const after = (values[rule] ?? 0) + 1
    starts[after] = (starts[after] ?? 0) + 1
  }
  for (let value = 1; value < starts.length; value += 1)
    starts[value] = (starts[value] ?? 0) + (starts[value - 1] ?? 0)
  const next = starts.slice()
  const order = new Uint32Array(count)
  for (let rule = 0; rule < count; rule += 1) {
    const value = values[rule] ?? 0
    const at = next[value] ?? 0
    order[at] = rule
    next[value] = at + 1
  }
  return { starts, order }
}
