import type { Policy } from '../policy.ts'
import { Account } from './account.ts'
import { declarationItems } from './declarations.ts'
import { byHarm } from './harm.ts'
import { pairUp, type Pair } from './pair.ts'
import { spending, type Spend } from './work.ts'
import { compareRules, sourcesInQuestion } from './permissions.ts'
import type { PolicyDifference } from './shapes.ts'
import { compareTransitions } from './transitions.ts'

/** Two policies compared, before anybody has said whose difference matters. */
export interface ComparedPolicies {
  /** How many types have any difference. */
  readonly changed: number
  /** Hardly anything differs: everything that does is worth reading, whomever it concerns. */
  readonly isSmall: boolean
  /**
   * The difference for the given domains (type names; those that neither has are passed over), computed without the rest;
   * for every type that changed if none are given.
   */
  readonly difference: (domains?: Iterable<string>) => PolicyDifference
}

/** Compares two policies as far as all domains need it; `spend` may throw TooMuchWork at any time. */
export const comparePolicies = (
  before: Policy,
  after: Policy,
  spend: Spend = spending(thorough),
): ComparedPolicies => {
  const pair = pairUp(before, after, spend)
  const compared = compareRules(pair)
  const transitions = compareTransitions(pair)
  const changed = new Set([
    ...sourcesInQuestion(compared),
    ...transitions.changes.map(({ source }) => source),
    ...[...compared.changedMembers.values()].flatMap(members => [...members]),
  ])
  const difference = (domains?: Iterable<string>): PolicyDifference => {
    const wanted = domains && new Set(Array.from(domains, name => idOf(pair, name)))
    const chosen = new Set([...changed].filter(id => wanted?.has(id) ?? true))
    const account = new Account(compared, transitions)
    for (const change of transitions.changes) if (chosen.has(change.source)) account.addTransition(change)
    for (const source of chosen) account.addPermissions(source)
    const { domains: differing, items } = account.done()
    return {
      domains: differing,
      others: changed.size - chosen.size,
      items: byHarm([...items, ...declarationItems(pair)]),
    }
  }
  return { changed: changed.size, isSmall: changed.size <= 40, difference }
}

/** Looks for somebody who waits for the answer: some minutes. */
const thorough = 2_000_000_000

const idOf = ({ left, right }: Pair, name: string): number =>
  left.policy.types.byName.get(name)?.value ??
  right.typeId[right.policy.types.byName.get(name)?.value ?? 0] ??
  0
