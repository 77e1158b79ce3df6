import type { PolicyComparison } from '../../model/policy-comparison.ts'
import { comparePolicies } from '../diff/difference.ts'
import type { PolicyDifference } from '../diff/shapes.ts'
import { differenceLines } from '../diff/words.ts'
import { TooMuchWork, type Spend } from '../diff/work.ts'
import type { Policy } from '../policy.ts'

const mostLines = 12
const mostCharacters = 600

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
    if (!isSame({ ...focused, others: 0 })) return inWords(focused)
    return focused.others > 0 ? inWords(compared.difference()) : { state: 'same' }
  } catch (cause) {
    if (!(cause instanceof TooMuchWork)) throw cause
    return { state: 'unknown', why: cause.message }
  }
}

const isSame = (difference: PolicyDifference): boolean => differenceLines(difference).length === 0

const inWords = (difference: PolicyDifference): PolicyComparison => {
  if (isSame(difference)) return { state: 'same' }
  const booleans = difference.booleans.flatMap(({ name, change }) =>
    change === 'on' || change === 'off' ? [{ name, before: change === 'off', after: change === 'on' }] : [],
  )
  const came = difference.booleans.filter(({ change }) => change !== 'on' && change !== 'off')
  const lines = differenceLines({ ...difference, booleans: came, others: 0 })
  return {
    state: 'differs',
    lines: lines
      .slice(0, mostLines)
      .map(line => (line.length <= mostCharacters ? line : `${line.slice(0, mostCharacters - 1)}…`)),
    more: Math.max(0, lines.length - mostLines),
    booleans,
  }
}
