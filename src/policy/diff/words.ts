import { braced } from '../names.ts'
import type { Came } from './declarations.ts'
import type { Membership, NamedTransition, PolicyDifference, RuleChange } from './shapes.ts'

/** A difference as a colleague would say it: what was lost first, the true cause before its rules. One line each; none if there is none. */
export const differenceLines = (difference: PolicyDifference): readonly string[] => {
  const { transitions, memberships, rules } = difference
  const lines = [
    ...those(transitions, 'lost', 'changed').map(transitionText),
    ...those(memberships, 'left').map(membershipText),
    ...those(rules, 'removed', 'condition').map(ruleChangeText),
    ...difference.permissive.map(one =>
      one.change === 'added'
        ? `${one.name} became permissive: its denials are logged, not enforced`
        : `${one.name} is permissive no longer: its denials are enforced`,
    ),
    ...difference.booleans.map(booleanText),
    ...those(transitions, 'gained').map(transitionText),
    ...those(memberships, 'joined').map(membershipText),
    ...those(rules, 'added').map(ruleChangeText),
    ...difference.statements.map(one => `${one.change}: ${one.name}`),
    ...listed('class or permission', 'classes and permissions', difference.classes),
    ...listed('type', 'types', difference.types),
  ]
  const { auditallow, dontaudit } = difference.logging
  if (dontaudit > 0)
    lines.push(
      `${count(dontaudit, 'dontaudit rule')} between two types changed: only what is logged (--rules)`,
    )
  if (auditallow > 0)
    lines.push(
      `${count(auditallow, 'auditallow rule')} between two types changed: only what is logged (--rules)`,
    )
  if (difference.others > 0)
    lines.push(
      `not looked at: ${count(difference.others, 'other type')} whose rules may differ too (--domain TYPE, or --rules for every rule)`,
    )
  return lines
}

const those = <T extends { readonly change: string }>(all: readonly T[], ...words: readonly string[]): T[] =>
  all.filter(one => words.includes(one.change))

const transitionText = (one: NamedTransition): string => {
  const on = one.name === undefined ? '' : ` named ${JSON.stringify(one.name)}`
  const when = one.condition === undefined ? '' : ` ${one.condition}`
  const rule = (to: string | undefined): string =>
    `type_transition ${one.source} ${one.target}:${one.class} ${to}${one.name === undefined ? '' : ` ${one.name}`};${when}`
  const subject =
    one.class === 'process'
      ? `${one.source}, running a file of type ${one.target},`
      : `what ${one.source} creates in ${one.target} (${one.class}${on})`
  const verb = one.class === 'process' ? 'enters' : 'becomes'
  switch (one.change) {
    case 'lost':
      return `${subject} no longer ${verb} ${one.before}: gone is ${rule(one.before)}`
    case 'gained':
      return `${subject} now ${verb} ${one.after}: new is ${rule(one.after)}`
    case 'changed':
      return `${subject} ${verb} ${one.after}, not ${one.before}: now ${rule(one.after)}`
    default:
      return one.change satisfies never
  }
}

const membershipText = ({ change, type, attribute, ...sum }: Membership): string => {
  const parts = [
    ...(sum.transitions > 0 ? [count(sum.transitions, 'transition')] : []),
    ...(sum.permissions > 0
      ? [`${count(sum.permissions, 'permission')} on ${count(sum.pairs, 'pair')} of target and class`]
      : []),
    ...(sum.conditional > 0 ? [`${count(sum.conditional, 'permission')} that a boolean gives`] : []),
  ]
  const all = parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : parts[0]
  const among = sum.among.map(one => `${one.permission} on ${one.target}:${one.class}`)
  return `${type} ${change} ${attribute}: it ${change === 'left' ? 'lost' : 'gained'} ${all}${among.length > 0 ? `, among them ${among.join(' and ')}` : ''}`
}

const ruleChangeText = (one: RuleChange): string => {
  const isSelf = one.target === 'self'
  const rule = `allow ${isSelf ? '' : `${one.source} `}${one.target}:${one.class} ${braced(one.permissions)};`
  const more = one.sources - one.domains.length
  const each = isSelf ? ', each on itself' : more > 0 ? `; ${one.source} is ${one.sources} types` : ''
  const whose = one.source === one.domains[0] && !isSelf ? '' : ` (${several(one.domains)}${each})`
  if (!one.when) return `${one.change}: ${rule}${whose}`
  return `${rule} held ${one.when.before.join(' or ')}, now ${one.when.after.join(' or ')}${whose}`
}

const booleanText = (one: PolicyDifference['booleans'][number]): string => {
  if (!('rulesOn' in one)) return `boolean ${one.name} was ${one.change}`
  const parts = [
    ...(one.rulesOn > 0 ? [`${count(one.rulesOn, 'rule')} ${one.rulesOn === 1 ? 'holds' : 'hold'} now`] : []),
    ...(one.rulesOff > 0 ? [`${count(one.rulesOff, 'rule')} no longer`] : []),
  ]
  return `boolean ${one.name} is ${one.change} now: ${parts.join(', ') || 'no rule depends on it'}`
}

const listed = (one: string, more: string, all: readonly Came[]): string[] =>
  (['removed', 'added'] as const).flatMap(change => {
    const names = all.filter(each => each.change === change).map(({ name }) => name)
    return names.length === 0
      ? []
      : [`${change}: ${names.length === 1 ? one : `${names.length} ${more}`} ${several(names)}`]
  })

const several = (names: readonly string[]): string =>
  names.length <= 8 ? names.join(', ') : `${names.slice(0, 6).join(', ')} and ${names.length - 6} more`

const count = (number: number, what: string): string =>
  `${String(number).replace(/\B(?=(?:\d{3})+$)/g, ',')} ${what}${number === 1 ? '' : 's'}`
