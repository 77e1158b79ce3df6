import type { PolicyComparison } from '../../model/policy-comparison.ts'
import type { PolicyItem } from '../../model/policy-item.ts'
import { comparePolicies } from '../diff/difference.ts'
import { boundedItem, typesOf } from '../diff/item-types.ts'
import type { PolicyDifference } from '../diff/shapes.ts'
import { TooMuchWork, type Spend } from '../diff/work.ts'
import type { Policy } from '../policy.ts'

/** Items kept with a run. What stands beyond them is told by the types that it names. */
const mostItems = 300
const mostTypes = 10_000

/** Compares two policies: for the domains given, and for all where little differs or where these are the same. */
export const compareForDomains = (
  before: Policy,
  after: Policy,
  domains: ReadonlySet<string>,
  spend: Spend,
): PolicyComparison => {
  try {
    const compared = comparePolicies(before, after, spend)
    const focused = compared.difference(compared.isSmall ? undefined : domains)
    if (focused.items.length > 0) return asData(focused)
    return focused.others > 0 ? asData(compared.difference()) : { state: 'same' }
  } catch (cause) {
    if (!(cause instanceof TooMuchWork)) throw cause
    return { state: 'unknown', why: cause.message }
  }
}

const asData = ({ items: all }: PolicyDifference): PolicyComparison => {
  if (all.length === 0) return { state: 'same' }
  const booleans = all.flatMap(one =>
    one.kind === 'boolean' && (one.change === 'on' || one.change === 'off')
      ? [{ name: one.name, before: one.change === 'off', after: one.change === 'on' }]
      : [],
  )
  const items = all.filter(one => !(one.kind === 'boolean' && (one.change === 'on' || one.change === 'off')))
  const kept = items.slice(0, mostItems).map(boundedItem)
  return {
    state: 'differs',
    items: kept,
    more: { items: items.length - kept.length, types: namedBeyond(items, kept) },
    booleans,
  }
}

const namedBeyond = (all: readonly PolicyItem[], kept: readonly PolicyItem[]): readonly string[] => {
  const told = new Set(kept.flatMap(typesOf))
  const beyond = new Set(all.flatMap(typesOf).filter(type => !told.has(type)))
  return [...beyond].slice(0, mostTypes)
}
