import { askId, type PolicyAsk } from '../../model/ask.ts'
import type { FindPolicy } from '../../model/policy-keep.ts'
import type { Reading } from '../../model/reading.ts'
import type { Policy } from '../../policy/policy.ts'
import { PolicyFault } from '../../policy/read/cursor.ts'
import { readPolicy } from '../../policy/read/read.ts'
import { answerFrom } from './answers.ts'

/** What a policy answers to every question of the checks, by ask id; or why it answers none. */
export type PolicyAnswers =
  | { readonly state: 'answered'; readonly readings: ReadonlyMap<string, Reading<unknown>> }
  | { readonly state: 'unreadable'; readonly problem: string }

/** The policies of a fleet, each read and questioned once. */
export interface FleetPolicies {
  readonly answers: (sha256: string) => Promise<PolicyAnswers>
}

/** Policies held at once: some ten megabytes each. Their answers are small, and kept longer. */
const held = 3
const remembered = 1000

export const fleetPolicies = (find: FindPolicy, asks: readonly PolicyAsk[]): FleetPolicies => {
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
      readings: new Map(asks.map(ask => [askId(ask), answerFrom(policy, ask, how)])),
    }
  })
  return { answers }
}

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
