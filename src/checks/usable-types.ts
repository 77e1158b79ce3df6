import type { Ask, ReadAsk } from '../model/ask.ts'
import type { Knowledge } from '../model/check.ts'
import type { AllowRule } from '../model/facts.ts'
import { isComplete } from '../model/reading.ts'
import { booleansAsk, holdsNow } from './condition.ts'
import { ownerAsks, whosePolicy } from './whose-policy.ts'

/** Whether a domain can use files of a type as its programs; where the policy could not be asked, why. */
export type Usability =
  | { readonly state: 'usable' }
  | { readonly state: 'unusable'; readonly domain: string; readonly lacking: string }
  | { readonly state: 'untold'; readonly reason: string }

// What a program and its libraries are read and run by, and the folders that they lie in.
const needs = [
  { class: 'file', permissions: ['read', 'open', 'execute'], words: 'run files labelled so' },
  { class: 'dir', permissions: ['search'], words: 'search folders labelled so' },
] as const

const askOf = (source: string, { class: className, permissions }: (typeof needs)[number]) =>
  ({ probe: 'allow', params: { source, class: className, permissions } }) as const

/** What judging a domain’s use of types asks: the target is left open, as what is found on the node is not known before. */
export const usabilityAsks = (domain: string, knowledge: Knowledge): readonly Ask[] => [
  ...[domain, ...(knowledge.componentTypes?.confined ?? [])].flatMap(one =>
    needs.map(need => askOf(one, need)),
  ),
  booleansAsk,
  ...(knowledge.componentTypes ? [...ownerAsks(knowledge), ...knowledge.containerPolicies.asks] : []),
]

/** By the loaded policy with the booleans as they are; under a policy with types of its own, what a profile says containers run as. */
export const usabilityOf = (type: string, domain: string, read: ReadAsk, knowledge: Knowledge): Usability => {
  const mapped = knowledge.componentTypes && whosePolicy(read, knowledge).state === 'foreign'
  const domains = mapped ? (knowledge.componentTypes?.confined ?? []) : [domain]
  const each = domains.flatMap(one => needs.map(need => usedBy(one, need, type, read)))
  return (
    each.find(({ state }) => state === 'unusable') ??
    each.find(({ state }) => state === 'untold') ?? { state: 'usable' }
  )
}

const usedBy = (domain: string, need: (typeof needs)[number], type: string, read: ReadAsk): Usability => {
  const reading = read(askOf(domain, need))
  if (reading.state === 'unreadable') return { state: 'untold', reason: reading.detail }
  if (reading.value.state === 'unknown-name')
    return { state: 'untold', reason: `the policy has no ${reading.value.what} ${reading.value.name}` }
  const { values } = reading.value
  const rules = (byTarget(values).get(type) ?? []).map(rule => ({
    rule,
    holds: holdsNow(rule.condition, read),
  }))
  const lacking = need.permissions.filter(
    wanted => !rules.some(({ rule, holds }) => holds === true && rule.permissions.includes(wanted)),
  )
  if (lacking.length === 0) return { state: 'usable' }
  const open = rules.find(
    ({ rule, holds }) => holds === undefined && lacking.some(one => rule.permissions.includes(one)),
  )
  if (open)
    return {
      state: 'untold',
      reason: `whether this conditional rule holds now could not be read: ${open.rule.text}`,
    }
  if (!isComplete(reading)) return { state: 'untold', reason: 'the policy’s answer is cut' }
  // The node's own tool names attributes, and not who is in them.
  if (values.some(({ targets }) => targets === undefined))
    return { state: 'untold', reason: 'what the node’s own tools say of it does not tell' }
  return { state: 'unusable', domain, lacking: `may not ${need.words}` }
}

// Nodes of one policy share its answer.
const indexes = new WeakMap<readonly AllowRule[], ReadonlyMap<string, readonly AllowRule[]>>()

const byTarget = (rules: readonly AllowRule[]): ReadonlyMap<string, readonly AllowRule[]> => {
  const known = indexes.get(rules)
  if (known) return known
  const index = new Map<string, AllowRule[]>()
  for (const rule of rules)
    for (const type of rule.targets ?? [rule.target]) {
      const own = index.get(type)
      if (own) own.push(rule)
      else index.set(type, [rule])
    }
  indexes.set(rules, index)
  return index
}
