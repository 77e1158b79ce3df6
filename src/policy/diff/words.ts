import type {
  CreationItem,
  Leading,
  ListedItem,
  MembershipItem,
  Names,
  PermissionSum,
  PolicyItem,
  RoleItem,
  RuleItem,
  StatementItem,
  TransitionItem,
  Way,
} from '../../model/policy-item.ts'
import { braced } from '../names.ts'
import { isModule } from './harm.ts'

/** Each sentence once. */
export const unique = (lines: readonly string[]): readonly string[] => [...new Set(lines)]

const longest = 600

/** One difference, as a sentence. */
export const itemText = (item: PolicyItem): string => {
  const text = wholeText(item)
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}

/** Sentences joined into one: a rule’s own semicolon at the end would double. */
export const inOneSentence = (sentences: readonly string[]): string =>
  unique(sentences.map(one => one.replace(/;$/, ''))).join('; ')

const wholeText = (item: PolicyItem): string => {
  switch (item.kind) {
    case 'transition':
      return transitionText(item)
    case 'creation':
      return creationText(item)
    case 'membership':
      return membershipText(item)
    case 'rule':
      return ruleText(item)
    case 'permissive':
      return item.change === 'added'
        ? `${item.name} became permissive: its denials are logged, not enforced`
        : `${item.name} is permissive no longer: its denials are enforced`
    case 'never-audited':
      return item.change === 'added'
        ? `${item.name} is never audited now: its denials are not logged`
        : `${item.name} is audited again: its denials are logged`
    case 'boolean':
      return booleanText(item)
    case 'types':
    case 'classes':
      return listedText(item)
    case 'role':
      return roleText(item)
    case 'statement':
      return statementText(item)
    case 'levels':
      return `the levels are others: ${levelsText(item.before)} before, ${levelsText(item.after)} now`
    case 'logging':
      return `${count(item.count, `${item.rule} rule`)} between two types changed: only what is logged (--rules)`
    default:
      return item satisfies never
  }
}

/** `spc_t, running a file of type iscsid_exec_t, now enters iscsid_t`, without the rule. */
export const transitionClaim = (one: TransitionItem): string => {
  const on = one.name === undefined ? '' : ` named ${JSON.stringify(one.name)}`
  const isProcess = one.class === 'process'
  const subject = isProcess
    ? `${one.source}, running a file of type ${one.target},`
    : `what ${one.source} creates in ${one.target} (${one.class}${on})`
  const verb = isProcess ? 'enter' : 'become'
  const { before, after } = one
  if (!after) return `${subject} no longer ${verb}s ${before?.to ?? ''}`
  if (!before) return `${subject} now ${verb}s ${after.to}`
  if (before.to === after.to)
    return `${subject} ${verb}s ${after.to}: held ${waysText(before.ways)}, now ${waysText(after.ways)}${statesText([...before.ways, ...after.ways])}`
  return `${subject} ${verb}s ${after.to}, not ${before.to}`
}

const transitionText = (one: TransitionItem): string => {
  const { before, after } = one
  const rule = ({ to, ways }: Leading): string => {
    const name = one.name === undefined ? '' : ` ${one.name}`
    return `type_transition ${one.source} ${one.target}:${one.class} ${to}${name};${underText(ways)}`
  }
  const claim = transitionClaim(one)
  if (!after) return before ? `${claim}: gone is ${rule(before)}` : claim
  if (!before) return `${claim}: new is ${rule(after)}`
  if (before.to === after.to) return claim
  const was = before.ways.every(way => way === 'always') ? '' : `, was ${rule(before)}`
  return `${claim}: now ${rule(after)}${was}`
}

const creationText = (one: CreationItem): string => {
  const { sources, files, before, after } = one
  const isOne = files?.count === 1
  const on =
    files === undefined
      ? one.class
      : isOne
        ? `${one.class} named ${JSON.stringify(files.names[0] ?? '')}`
        : `${one.class} with one of ${count(files.count, 'name')}, such as ${JSON.stringify(files.names[0] ?? '')}`
  const who =
    sources.attribute === undefined
      ? several(sources)
      : `${sources.attribute} (${count(sources.count, 'type')})`
  const subject = `what ${who} ${sources.count === 1 || sources.attribute !== undefined ? 'creates' : 'create'} in ${one.target} (${on})`
  const isOneRule = sources.count === 1 && (files === undefined || isOne)
  const rule = (to: string): string =>
    `type_transition ${sources.names[0] ?? ''} ${one.target}:${one.class} ${to}${isOne ? ` ${files.names[0] ?? ''}` : ''};`
  if (after === undefined)
    return `${subject} no longer becomes ${before ?? ''}${isOneRule ? `: gone is ${rule(before ?? '')}` : ''}`
  if (before === undefined)
    return `${subject} now becomes ${after}${isOneRule ? `: new is ${rule(after)}` : ''}`
  return `${subject} becomes ${after}, not ${before}${isOneRule ? `: now ${rule(after)}` : ''}`
}

const membershipText = (one: MembershipItem): string => {
  const verb = one.change === 'left' ? 'lost' : 'gained'
  const [first] = one.transitions
  const moves = [
    ...(one.processes > 0
      ? [
          `${count(one.processes, 'transition')} of processes (running ${first?.target ?? ''} ${one.change === 'left' ? 'entered' : 'enters'} ${first?.to ?? ''}${one.processes > 1 ? ', and others' : ''})`,
        ]
      : []),
    ...(one.creations > 0 ? [`${count(one.creations, 'transition')} of what it creates`] : []),
  ]
  const own = [...moves, ...sumParts(one.own, one.change)]
  const others = sumParts(one.others, one.change)
  const said = [
    ...(own.length > 0 ? [`it ${verb} ${listText(own)}${amongText(one.own)}`] : []),
    ...(others.length > 0
      ? [`${several(one.others.domains)} ${verb} ${listText(others)} on it${amongText(one.others)}`]
      : []),
  ]
  return `${one.type} ${one.change} ${one.attribute}: ${said.join('; ')}`
}

const sumParts = (sum: PermissionSum, change: MembershipItem['change']): readonly string[] => [
  ...(sum.permissions > 0
    ? [`${count(sum.permissions, 'permission')} on ${count(sum.pairs, 'pair')} of target and class`]
    : []),
  ...(sum.conditional > 0 ? [`${count(sum.conditional, 'permission')} that a boolean gives`] : []),
  ...(sum.unbound > 0
    ? [
        change === 'left'
          ? `${count(sum.unbound, 'permission')} but for what a boolean gives`
          : `for always ${count(sum.unbound, 'permission')} that a boolean gave`,
      ]
    : []),
]

const amongText = ({ among }: PermissionSum): string => {
  const parts = among.map(
    one =>
      `${one.source === undefined ? '' : `${one.source} `}${one.permission} on ${one.target}:${one.class}`,
  )
  return parts.length === 0 ? '' : `, among them ${parts.join(' and ')}`
}

const ruleText = (one: RuleItem): string => {
  const isSelf = one.target === 'self'
  const rule = `allow ${isSelf ? '' : `${one.source} `}${one.target}:${one.class} ${braced(one.permissions)};`
  const more = one.sources - one.domains.count
  const each = isSelf ? ', each on itself' : more > 0 ? `; ${one.source} is ${one.sources} types` : ''
  const isOwn = one.domains.count === 1 && one.source === one.domains.names[0] && !isSelf
  const whose = isOwn ? '' : ` (${several(one.domains)}${each})`
  const together = one.together
    ? ` by all rules together ${heldText(one.together.before)}, now ${notText(one.together.after)}${statesText([...one.together.before, ...one.together.after])}`
    : ''
  const text =
    one.change === 'condition'
      ? `${rule} ${heldText(one.before)}, now ${notText(one.after)}${statesText([...one.before, ...one.after])}${whose}`
      : `${one.change}: ${rule}${underText(one.change === 'removed' ? one.before : one.after)}${whose}`
  return together === '' || text.endsWith(';') ? `${text}${together}` : `${text};${together}`
}

const heldText = (ways: readonly Way[]): string => (ways.length === 0 ? 'not held' : `held ${waysText(ways)}`)
const notText = (ways: readonly Way[]): string => (ways.length === 0 ? 'not held' : waysText(ways))

const waysText = (ways: readonly Way[]): string =>
  ways.map(way => (way === 'always' ? way : way.text)).join(' or ')

// The condition of a rule, after it, and how its booleans stand: ` [ b1 ]:True, b1 is off now`.
const underText = (ways: readonly Way[]): string =>
  ways.every(way => way === 'always') ? '' : ` ${waysText(ways)}${statesText(ways)}`

const statesText = (ways: readonly Way[]): string => {
  const known = new Map<string, string>()
  for (const way of ways) {
    if (way === 'always') continue
    for (const { name, before, after } of way.booleans) {
      const [was, is] = [before, after].map(state => (state === undefined ? undefined : onOff(state)))
      if (is !== undefined)
        known.set(
          name,
          was === undefined || was === is ? `${name} is ${is} now` : `${name} was ${was} and is ${is} now`,
        )
      else if (was !== undefined) known.set(name, `${name} was ${was}`)
    }
  }
  return known.size === 0 ? '' : `, ${[...known.values()].join(', ')}`
}

const onOff = (state: boolean): string => (state ? 'on' : 'off')

const booleanText = (one: Extract<PolicyItem, { readonly kind: 'boolean' }>): string => {
  if (!('rulesOn' in one)) return `boolean ${one.name} was ${one.change}`
  const parts = [
    ...(one.rulesOn > 0 ? [`${count(one.rulesOn, 'rule')} ${one.rulesOn === 1 ? 'holds' : 'hold'} now`] : []),
    ...(one.rulesOff > 0 ? [`${count(one.rulesOff, 'rule')} no longer`] : []),
  ]
  return `boolean ${one.name} is ${one.change} now: ${parts.join(', ') || 'no rule depends on it'}`
}

const listedText = (one: ListedItem): string => {
  const { kind, change, listed, family } = one
  if (isModule(one) && family)
    return `gone at once, as with a policy module: ${count(listed.count, 'type')}, ${family.count === listed.count ? 'all' : family.count} of them ${family.word}_*: ${several(listed)}`
  const what =
    kind === 'types'
      ? count(listed.count, 'type').replace(/^1 /, '')
      : listed.count === 1
        ? 'class or permission'
        : `${listed.count} classes and permissions`
  return `${change}: ${what} ${several(listed)}`
}

const roleText = (one: RoleItem): string => {
  if (one.change !== 'changed') return `${one.change}: role ${one.name} with ${count(one.types, 'type')}`
  const parts = [
    ...(one.lost.count > 0 ? [`${several(one.lost)} no longer`] : []),
    ...(one.gained.count > 0 ? [`${several(one.gained)} now`] : []),
  ]
  return `role ${one.name} has the types ${parts.join(', ')}`
}

const statementText = (one: StatementItem): string => {
  if (one.change === 'changed') return `changed: ${one.about} was ${one.before}, is ${one.after} now`
  return `${one.change}: ${one.text}${one.when ? underText([one.when]) : ''}`
}

const levelsText = ({ sensitivities, categories }: { sensitivities: number; categories: number }): string =>
  sensitivities === 0
    ? 'none'
    : `${sensitivities === 1 ? '1 sensitivity' : `${sensitivities} sensitivities`} and ${categories === 1 ? '1 category' : `${separated(categories)} categories`}`

const several = ({ names, count: all }: Names): string =>
  all <= 8 && names.length === all
    ? names.join(', ')
    : `${names.slice(0, 6).join(', ')} and ${separated(all - Math.min(6, names.length))} more`

const listText = (parts: readonly string[]): string =>
  parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}` : (parts[0] ?? '')

const separated = (number: number): string => String(number).replace(/\B(?=(?:\d{3})+$)/g, ',')

/** `1 rule`, `12,000 rules` */
export const count = (number: number, what: string): string =>
  `${separated(number)} ${what}${number === 1 ? '' : 's'}`
