import type { PolicyItem } from '../../model/policy-item.ts'
import type { PolicyDifference } from './shapes.ts'
import { count, itemText, unique } from './words.ts'

/** Lines of one kind that are listed; of two policies that have little in common there are thousands. */
const mostAlike = 40

/** A difference as a colleague would say it: a line each, what harms most first; none if there is none. */
export const differenceLines = ({
  items,
  others,
}: Pick<PolicyDifference, 'items' | 'others'>): readonly string[] => {
  const lines = foldedLines(items)
  return others === 0
    ? lines
    : [
        ...lines,
        `not looked at: ${count(others, 'other type')} whose rules may differ too (--domain TYPE, or --rules for every rule)`,
      ]
}

// The first of each kind, and how many more there are.
const foldedLines = (items: readonly PolicyItem[]): readonly string[] => {
  const groups = new Map<string, PolicyItem[]>()
  for (const item of items) {
    const key = sortOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return unique(
    items.flatMap(item => {
      const group = groups.get(sortOf(item)) ?? []
      const place = group.indexOf(item)
      if (place < mostAlike) return [itemText(item)]
      const more = group.length - mostAlike
      return place === mostAlike ? [`and ${count(more, 'more line')} like this (--json has them)`] : []
    }),
  )
}

const sortOf = (item: PolicyItem): string => `${item.kind} ${'change' in item ? item.change : ''}`
