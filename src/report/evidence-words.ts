import type { CauseEvidence, PolicyEvidence } from '../model/drift.ts'
import type { MembershipChange } from '../model/policy-item.ts'
import { inOneSentence, itemText, transitionClaim } from '../policy/diff/words.ts'

/** What a new policy changed of what a failing check asks: the very thing asked, and what brought it. */
export const policyEvidenceText = (effect: PolicyEvidence): string => {
  switch (effect.told) {
    case 'transition':
      return effect.since
        ? `${transitionClaim(effect.transition)}, ${sinceText(effect.since)}`
        : itemText(effect.transition)
    case 'access':
      return accessText(effect)
    case 'answer':
      return [
        ...effect.gone.map(one => `the policy has no longer: ${one}`),
        ...effect.came.map(one => `the policy has now: ${one}`),
      ]
        .slice(0, 2)
        .join('; ')
    case 'item':
      return itemText(effect.item)
    case 'types':
      return `the policy changed for ${effect.types.slice(0, 3).join(', ')}`
    default:
      return effect satisfies never
  }
}

const accessText = (effect: Extract<PolicyEvidence, { readonly told: 'access' }>): string => {
  const { change, source, target, class: objectClass, permissions, since, rule, item } = effect
  const claim = `${source} is ${change === 'lost' ? 'no longer' : 'now'} allowed ${permissions.join(', ')} on ${target}:${objectClass}`
  if (since) return `${claim}, ${sinceText(since)}`
  if (rule !== undefined) return `${claim}: ${change === 'lost' ? 'gone' : 'new'} is ${rule}`
  return item ? `${claim}; ${itemText(item)}` : claim
}

const sinceText = ({ change, type, attribute }: MembershipChange): string =>
  `since ${type} ${change} ${attribute}`

/** The evidence for a cause in two: what the failing check asks and is otherwise now, and the rest. */
export const evidenceTexts = (
  all: readonly CauseEvidence[],
): { readonly policy: string | undefined; readonly others: readonly string[] } => {
  const policies = all.flatMap(one => (one.shows === 'policy' ? [policyEvidenceText(one.effect)] : []))
  const others = all.flatMap(one => {
    switch (one.shows) {
      case 'policy':
        return []
      case 'advisory':
        return [`known: ${one.title}`]
      case 'file-contexts':
        return [`the file contexts changed with it: ${one.relabels}`]
      case 'setting':
        return [`${one.key}= there ${one.from} → ${one.to}`]
      case 'boolean':
        return ['the rule hangs on it']
      case 'own-type':
        return [`${one.type} is a type of its own; the policies could not be compared`]
      default:
        return one satisfies never
    }
  })
  return { policy: policies.length > 0 ? inOneSentence(policies) : undefined, others }
}
