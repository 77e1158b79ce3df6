import { askId, type PolicyAsk } from '../../model/ask.ts'
import type { AuditPolicy } from '../../model/audit.ts'
import type { Denial, PolicyView } from '../../model/denial.ts'
import type { PolicyComparison } from '../../model/policy-comparison.ts'
import type { FindPolicy } from '../../model/policy-keep.ts'
import type { Reading } from '../../model/reading.ts'
import { workOfFleet } from '../diff/work.ts'
import { policyDigest } from '../digest.ts'
import { symbols } from '../info/counts.ts'
import type { Policy, PolicyNames } from '../policy.ts'
import { PolicyFault } from '../read/cursor.ts'
import { readPolicy } from '../read/read.ts'
import { answerFrom } from './answers.ts'
import { compareForDomains } from './compare.ts'
import { verdictByTypes, viewOf, type TypesVerdict } from './denials-now.ts'

/** What a policy is, and what it answers to every question of the checks, by ask id; or why it answers none. */
export type PolicyAnswers =
  | {
      readonly state: 'answered'
      readonly facts: NonNullable<AuditPolicy['facts']>
      readonly readings: ReadonlyMap<string, Reading<unknown>>
    }
  | { readonly state: 'unreadable'; readonly problem: string }

/** The policies of a fleet, each read and questioned once, and each pair compared once. */
export interface FleetPolicies {
  readonly answers: (sha256: string) => Promise<PolicyAnswers>
  /** What the policy says of what was denied, each; with a node’s booleans, or with its own. */
  readonly viewsOf: (
    sha256: string,
    denials: readonly Denial[],
    booleans?: ReadonlyMap<string, boolean>,
  ) => Promise<readonly (PolicyView | undefined)[]>
  /** For the domains that the checks name. */
  readonly compare: (before: string, after: string) => Promise<PolicyComparison>
  /** For other domains as well; not remembered. */
  readonly compareWith: (
    before: string,
    after: string,
    more: ReadonlySet<string>,
  ) => Promise<PolicyComparison>
}

/** Policies held at once: some ten megabytes each. Their answers are small, and kept longer. */
const held = 3
const remembered = 1000
const manyVerdicts = 20_000

/**
 * Looks at a rule for one comparison, for all of a fleet, and what every one may have whatever the others took: a minute, some
 * minutes, twenty seconds. Two real policies take five to eighty million, those with thousands of edits everywhere four hundred.
 */
const mostLooks = { pair: 600_000_000, fleet: 4_000_000_000, assured: 200_000_000 }

export const fleetPolicies = (
  find: FindPolicy,
  asks: readonly PolicyAsk[],
  domains: ReadonlySet<string>,
): FleetPolicies => {
  const policyOf = remembering(held, async (sha256: string): Promise<Policy | string> => {
    const bytes = await find(sha256)
    if (!bytes) return 'the run does not have the policy'
    try {
      return readPolicy(bytes)
    } catch (fault) {
      if (fault instanceof PolicyFault) return `the policy cannot be read: ${fault.message}`
      throw fault
    }
  })
  const answers = remembering(remembered, async (sha256: string): Promise<PolicyAnswers> => {
    const policy = await policyOf(sha256)
    if (typeof policy === 'string') return { state: 'unreadable', problem: policy }
    const how = `the policy with sha256 ${sha256}`
    return {
      state: 'answered',
      facts: {
        version: policy.version,
        mls: policy.mls,
        types: symbols(policy.types).filter(({ isAttribute }) => !isAttribute).length,
        rules: policy.rules.count,
      },
      readings: new Map(asks.map(ask => [askId(ask), answerFrom(policy, ask, how)])),
    }
  })
  // Every node's denials are held against names and constraints; the rules are looked at once per access.
  const namesOf = remembering(remembered, async (sha256: string): Promise<PolicyNames | undefined> => {
    const policy = await policyOf(sha256)
    if (typeof policy === 'string') return undefined
    const { commons, classes, roles, types, users, booleans, sensitivities, categories, mls } = policy
    return { commons, classes, roles, types, users, booleans, sensitivities, categories, mls }
  })
  const verdicts = remembering(manyVerdicts, async (key: string): Promise<TypesVerdict | undefined> => {
    // as it was put together below
    const [sha256, access, states] = JSON.parse(key) as [
      string,
      Parameters<typeof verdictByTypes>[1],
      [string, boolean][],
    ]
    const policy = await policyOf(sha256)
    return typeof policy === 'string' ? undefined : verdictByTypes(policy, access, new Map(states))
  })
  const viewsOf: FleetPolicies['viewsOf'] = async (sha256, denials, booleans) => {
    const policy = denials.length === 0 ? undefined : await namesOf(sha256)
    if (!policy) return denials.map(() => undefined)
    // Nodes share policies, and nearly all their booleans are as the policy has them.
    const own = [...(booleans ?? [])].filter(
      ([name, state]) => (policy.booleans.byName.get(name)?.state ?? state) !== state,
    )
    return Promise.all(
      denials.map(async denial => {
        const { source, target, class: className, permissions } = denial
        const access = { source, target, class: className, permissions }
        const byTypes = await verdicts(
          JSON.stringify([sha256, access, own.toSorted(([a], [b]) => (a < b ? -1 : 1))]),
        )
        return byTypes && viewOf(policy, denial, byTypes)
      }),
    )
  }
  const digests = remembering(remembered, async (sha256: string): Promise<Digest> => {
    const policy = await policyOf(sha256)
    return typeof policy === 'string' ? { problem: policy } : { digest: policyDigest(policy) }
  })
  const work = workOfFleet(mostLooks)
  const compareWith: FleetPolicies['compareWith'] = async (from, to, more) => {
    const [first, second] = [await digests(from), await digests(to)]
    if ('problem' in first) return { state: 'unknown', why: first.problem }
    if ('problem' in second) return { state: 'unknown', why: second.problem }
    // The rule: a kernel writes in its own order what was installed.
    if (first.digest === second.digest) return { state: 'same' }
    const [before, after] = [await policyOf(from), await policyOf(to)]
    if (typeof before === 'string') return { state: 'unknown', why: before }
    if (typeof after === 'string') return { state: 'unknown', why: after }
    return compareForDomains(before, after, new Set([...domains, ...more]), work.ofPair())
  }
  const comparisons = remembering(remembered, (pair: string) => {
    const [before = '', after = ''] = pair.split(' ')
    return compareWith(before, after, new Set())
  })
  const compare: FleetPolicies['compare'] = (before, after) =>
    before === after ? Promise.resolve({ state: 'same' }) : comparisons(`${before} ${after}`)
  return { answers, viewsOf, compare, compareWith }
}

/** What a policy means, whatever order it is written in; or why that is not known. */
type Digest = { readonly digest: string } | { readonly problem: string }

/** Remembers so many values, those used last. */
const remembering = <Value>(
  most: number,
  make: (key: string) => Promise<Value>,
): ((key: string) => Promise<Value>) => {
  const known = new Map<string, Promise<Value>>()
  return key => {
    const value = known.get(key) ?? make(key)
    known.delete(key)
    known.set(key, value)
    if (known.size > most) known.delete(known.keys().next().value ?? '')
    return value
  }
}
