import type { PolicyComparison } from '../model/policy-comparison.ts'
import { itemText, unique } from '../policy/diff/words.ts'

const mostLines = 12

/** What differs between two policies, in sentences: a dozen at most, and how many more there are. */
export const comparisonWords = ({
  items,
  more,
}: Extract<PolicyComparison, { readonly state: 'differs' }>): {
  readonly lines: readonly string[]
  readonly more: number
} => {
  const lines = unique(items.slice(0, mostLines).map(itemText))
  return { lines, more: Math.max(0, items.length - mostLines) + more.items }
}
