import { askId, type PolicyAsk } from '../../model/ask.ts'
import type { NodeAudit, PolicyChange } from '../../model/audit.ts'
import type { AllowRule, TransitionRule } from '../../model/facts.ts'
import type { FleetPolicies, PolicyAnswers } from '../../policy/fleet/fleet-policies.ts'
import { denialsNamed, denialsOf } from './signs.ts'

/**
 * What the change of its policy did to the answers that a check got on a node: `touched` with what changed, in words; `untouched`
 * where every answer is as it was; `unknown` where one of the policies could not be had.
 */
export type PolicyEffect =
  { readonly state: 'touched'; readonly evidence: string } | { readonly state: 'untouched' | 'unknown' }

export interface EffectQuestion {
  /** What the check asks of the policy. */
  readonly asks: readonly PolicyAsk[]
  /** Whether it is a denial, or the domain of a process, that fails: then the types which the findings name count. */
  readonly readsTypes: boolean
  /** The findings’ keys and messages on this node. */
  readonly said: readonly string[]
}

/** Looks into the policies of the fleet, each pair once per question. */
export const policyEffects = (changes: readonly PolicyChange[], fleet: FleetPolicies) => {
  const byNode = new Map(changes.flatMap(change => change.nodes.map(node => [node, change] as const)))
  // Nodes share policies, and checks are asked of many nodes.
  const compared = new Map<PolicyChange, Map<readonly PolicyAsk[], AnswersChanged | undefined>>()
  const askedOf = (change: PolicyChange, asks: readonly PolicyAsk[], before: Answered, after: Answered) => {
    const known = compared.get(change) ?? new Map<readonly PolicyAsk[], AnswersChanged | undefined>()
    compared.set(change, known)
    if (!known.has(asks)) known.set(asks, answersChanged(asks, before, after))
    return known.get(asks)
  }
  return {
    /** What a node’s new policy did to the answers of a check; untouched where its policy is the one of before. */
    effectOn: async (node: NodeAudit, question: EffectQuestion): Promise<PolicyEffect> => {
      const change = byNode.get(node.name)
      if (!change) return { state: node.facts.policySha256 === undefined ? 'unknown' : 'untouched' }
      if (change.comparison.state === 'same') return { state: 'untouched' }
      const [before, after] = [await fleet.answers(change.from), await fleet.answers(change.to)]
      if (before.state !== 'answered' || after.state !== 'answered') return { state: 'unknown' }
      const lines = change.comparison.state === 'differs' ? change.comparison.lines : []
      const asked = askedOf(change, question.asks, before, after)
      if (asked) return { state: 'touched', evidence: lineOn(asked.types, lines) ?? asked.words }
      if (!question.readsTypes) return { state: 'untouched' }
      const denied = denialsNamed(node, question.said)
      const then = await fleet.viewsOf(change.from, denied)
      const lost = denied.find(
        ({ present }, index) => then[index]?.denied.length === 0 && (present?.denied.length ?? 0) > 0,
      )
      const types = new Set(
        typesIn([...question.said, ...denied.flatMap(({ source, target }) => [source, target])]),
      )
      const line = lineOn(types, lines)
      if (lost)
        return {
          state: 'touched',
          evidence:
            line ??
            `${lost.source} was allowed ${lost.permissions.join(', ')} on ${lost.target}:${lost.class}`,
        }
      return line === undefined ? { state: 'untouched' } : { state: 'touched', evidence: line }
    },
    /** The booleans on which the answers to a check hang, by the policy a node has now. */
    booleansBehind: async (node: NodeAudit, asks: readonly PolicyAsk[]): Promise<ReadonlySet<string>> => {
      const sha256 = node.facts.policySha256
      const answers = sha256 === undefined ? undefined : await fleet.answers(sha256)
      const rules = answers?.state === 'answered' ? asks.flatMap(ask => rulesIn(answers, ask)) : []
      return new Set([
        ...rules.flatMap(({ condition }) =>
          (condition?.expression ?? []).flatMap(one => (one.node === 'boolean' ? [one.value] : [])),
        ),
        ...denialsOf(node).flatMap(({ present }) =>
          (present?.booleans ?? []).map(one => one.replace(/=.*/, '')),
        ),
      ])
    },
  }
}

export type PolicyEffects = ReturnType<typeof policyEffects>

type Answered = Extract<PolicyAnswers, { readonly state: 'answered' }>
type Rule = AllowRule | TransitionRule

const rulesIn = (answers: Answered, ask: PolicyAsk): readonly Rule[] =>
  textsAndRules(answers, ask).flatMap(one => (typeof one === 'string' ? [] : [one]))

const textsAndRules = (answers: Answered, ask: PolicyAsk): readonly (Rule | string)[] => {
  const reading = answers.readings.get(askId(ask))
  if (reading?.state !== 'read') return []
  // put in for that very ask: every policy question is answered like this
  const value = reading.value as
    | { readonly state: 'known'; readonly values: readonly (Rule | string)[] }
    | { readonly state: 'unknown-name'; readonly what: string; readonly name: string }
  return value.state === 'known' ? value.values : [`there is no ${value.what} ${value.name}`]
}

interface AnswersChanged {
  readonly types: ReadonlySet<string>
  readonly words: string
}

// What is in one of two answers and not in the other: what is gone before what came.
const answersChanged = (
  asks: readonly PolicyAsk[],
  before: Answered,
  after: Answered,
): AnswersChanged | undefined => {
  const types = new Set<string>()
  const words: string[] = []
  for (const ask of asks) {
    const [then, now] = [before, after].map(
      answers => new Set(textsAndRules(answers, ask).map(one => (typeof one === 'string' ? one : one.text))),
    )
    const gone = [...(then ?? [])].filter(one => !now?.has(one))
    const came = [...(now ?? [])].filter(one => !then?.has(one))
    if (gone.length + came.length === 0) continue
    for (const type of typesIn([JSON.stringify(ask.params), ...gone.slice(0, 20), ...came.slice(0, 20)]))
      types.add(type)
    words.push(
      ...gone.slice(0, 2).map(one => `it removed: ${one}`),
      ...came.slice(0, 2).map(one => `it added: ${one}`),
    )
  }
  return words.length > 0 ? { types, words: words.slice(0, 2).join('; ') } : undefined
}

/** The line that names most of the types; the first of those that name as many. */
const lineOn = (types: ReadonlySet<string>, lines: readonly string[]): string | undefined => {
  const scored = lines.map(line => ({ line, score: typesIn([line]).filter(type => types.has(type)).length }))
  const best = scored.toSorted((a, b) => b.score - a.score)[0]
  return best && best.score > 0 ? best.line : undefined
}

const typesIn = (texts: readonly string[]): readonly string[] => [
  ...new Set(texts.flatMap(text => text.match(/\b[A-Za-z0-9_]+_t\b/g) ?? [])),
]
