import type { PolicyAsk } from '../../model/ask.ts'
import type { NodeAudit, PolicyChange } from '../../model/audit.ts'
import type { JudgedDenial } from '../../model/denial.ts'
import type { PolicyEvidence } from '../../model/drift.ts'
import type { PolicyComparison } from '../../model/policy-comparison.ts'
import type { PolicyItem } from '../../model/policy-item.ts'
import { typesOf } from '../../policy/diff/item-types.ts'
import type { FleetPolicies } from '../../policy/fleet/fleet-policies.ts'
import { answersChanged, valuesIn, type Answered } from './policy-answers.ts'
import { denialsNamed, denialsOf } from './signs.ts'

/**
 * What the change of its policy did to the answers that a check got on a node: `touched` with what changed, as data; `untouched`
 * where every answer is as it was; `unknown` where one of the policies could not be had.
 */
export type PolicyEffect =
  | { readonly state: 'touched'; readonly evidence: PolicyEvidence }
  | { readonly state: 'untouched' | 'unknown' }

export interface EffectQuestion {
  /** What the check asks of the policy. */
  readonly asks: readonly PolicyAsk[]
  /** The types that the check names. */
  readonly about: ReadonlySet<string>
  /** Whether it is a denial, or the domain of a process, that fails: then the types which the findings name count. */
  readonly readsTypes: boolean
  /** The findings’ keys and messages on this node. */
  readonly said: readonly string[]
}

/** Looks into the policies of the fleet, each pair once per question. */
export const policyEffects = (
  changes: readonly PolicyChange[],
  fleet: Pick<FleetPolicies, 'answers' | 'viewsOf'>,
) => {
  const byNode = new Map(changes.flatMap(change => change.nodes.map(node => [node, change] as const)))
  // Nodes share policies, and checks are asked of many nodes.
  const compared = new Map<PolicyChange, Map<readonly PolicyAsk[], PolicyEvidence | undefined>>()
  const askedOf = (
    change: PolicyChange,
    { asks, about }: EffectQuestion,
    answers: readonly [Answered, Answered],
  ) => {
    const known = compared.get(change) ?? new Map<readonly PolicyAsk[], PolicyEvidence | undefined>()
    compared.set(change, known)
    if (!known.has(asks)) known.set(asks, answersChanged(asks, about, answers, itemsOf(change.comparison)))
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
      const asked = askedOf(change, question, [before, after])
      if (asked) return { state: 'touched', evidence: asked }
      if (!question.readsTypes) return { state: 'untouched' }
      const denied = denialsNamed(node, question.said)
      const then = await fleet.viewsOf(change.from, denied)
      const lost = denied.find(
        ({ present }, index) => then[index]?.denied.length === 0 && (present?.denied.length ?? 0) > 0,
      )
      if (lost) return { state: 'touched', evidence: lostAccess(lost, itemsOf(change.comparison)) }
      const types = new Set([
        ...typesIn(question.said),
        ...denied.flatMap(({ source, target }) => [source, target]),
      ])
      const named = namedBy(types, change.comparison)
      return named ? { state: 'touched', evidence: named } : { state: 'untouched' }
    },
    /** The booleans on which the answers to a check hang, by the policy a node has now. */
    booleansBehind: async (node: NodeAudit, asks: readonly PolicyAsk[]): Promise<ReadonlySet<string>> => {
      const sha256 = node.facts.policySha256
      const answers = sha256 === undefined ? undefined : await fleet.answers(sha256)
      const values = answers?.state === 'answered' ? asks.flatMap(ask => valuesIn(answers, ask)) : []
      return new Set([
        ...values.flatMap(value =>
          (typeof value === 'string' ? [] : (value.condition?.expression ?? [])).flatMap(one =>
            one.node === 'boolean' ? [one.value] : [],
          ),
        ),
        ...denialsOf(node).flatMap(({ present }) =>
          [...(present?.booleans ?? []), ...(present?.broadBooleans ?? [])].map(one =>
            one.replace(/=.*/, ''),
          ),
        ),
      ])
    },
  }
}

export type PolicyEffects = ReturnType<typeof policyEffects>

const itemsOf = (comparison: PolicyComparison): readonly PolicyItem[] =>
  comparison.state === 'differs' ? comparison.items : []

// What was allowed and is denied now, with the nearest difference: a rule for it, or a membership of one of the two.
const lostAccess = (
  { source, target, class: objectClass, permissions }: JudgedDenial,
  items: readonly PolicyItem[],
): PolicyEvidence => {
  const item = items.find(
    one =>
      (one.kind === 'rule' &&
        one.change !== 'added' &&
        one.class === objectClass &&
        one.permissions.some(name => permissions.includes(name)) &&
        [one.source, ...one.domains.names].includes(source)) ||
      (one.kind === 'membership' && one.change === 'left' && [source, target].includes(one.type)),
  )
  return {
    told: 'access',
    change: 'lost',
    source,
    target,
    class: objectClass,
    permissions,
    ...(item ? { item } : {}),
  }
}

// What names most of the types; of those that name as many the most harmful.
const namedBy = (types: ReadonlySet<string>, comparison: PolicyComparison): PolicyEvidence | undefined => {
  if (comparison.state !== 'differs') return undefined
  const scored = comparison.items.map(item => ({
    item,
    score: new Set(typesOf(item).filter(type => types.has(type))).size,
  }))
  const best = scored.toSorted((a, b) => b.score - a.score)[0]
  if (best && best.score > 0) return { told: 'item', item: best.item }
  const beyond = comparison.more.types.filter(type => types.has(type))
  return beyond.length > 0 ? { told: 'types', types: beyond } : undefined
}

// Findings say `csi-plugin runs as container_runtime_t`: what they name is not data yet.
const typesIn = (texts: readonly string[]): readonly string[] => [
  ...new Set(texts.flatMap(text => text.match(/\b[A-Za-z0-9_]+_t\b/g) ?? [])),
]
