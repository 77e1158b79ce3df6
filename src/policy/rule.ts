import { conditionText } from './condition.ts'
import { braced, nameIn, permissionsIn } from './names.ts'
import { ruleBits, type NameTransition, type Policy, type RuleKind } from './policy.ts'
import { rangesOf, xpermText, type XpermRanges } from './xperms.ts'

/** A rule in names: what crosses from one policy to another, and what people read. */
export interface Rule {
  readonly rule: RuleKind
  readonly source: string
  readonly target: string
  readonly class: string
  readonly gives:
    | { readonly permissions: readonly string[] }
    | { readonly xperms: 'ioctl' | 'nlmsg'; readonly ranges: XpermRanges }
    | { readonly type: string; readonly name?: string }
  readonly condition?: { readonly text: string; readonly branch: boolean }
}

const kindOf = new Map<number, RuleKind>(
  // Object.entries widens the keys to string
  Object.entries(ruleBits).map(([name, bits]) => [bits, name as RuleKind]),
)

/** The rule at an index, in names. */
export const ruleAt = (policy: Policy, index: number): Rule => {
  const { rules } = policy
  const rule = kindOf.get(rules.kind[index] ?? 0) ?? 'allow'
  const condition = rules.condition[index] ?? -1
  return {
    rule,
    source: nameIn(policy.types, rules.source[index] ?? 0),
    target: nameIn(policy.types, rules.target[index] ?? 0),
    class: nameIn(policy.classes, rules.class[index] ?? 0),
    gives: givenBy(policy, index),
    ...(condition < 0
      ? {}
      : {
          condition: {
            text: conditionText(policy, policy.conditions[condition >> 1] ?? []),
            branch: (condition & 1) === 0,
          },
        }),
  }
}

const givenBy = (policy: Policy, index: number): Rule['gives'] => {
  const { rules } = policy
  const kind = rules.kind[index] ?? 0
  const datum = rules.datum[index] ?? 0
  if ((kind & 0x7) !== 0) {
    const names = policy.classes.byValue[rules.class[index] ?? 0]?.permissions ?? []
    return { permissions: permissionsIn(names, datum) }
  }
  const xperm = rules.xperms[datum]
  if ((kind & 0x70) !== 0 || !xperm) return { type: nameIn(policy.types, datum) }
  return { xperms: xperm.kind === 'nlmsg' ? 'nlmsg' : 'ioctl', ranges: rangesOf(xperm) }
}

/** A transition by name, for one of its sources. */
export const nameTransitionRule = (policy: Policy, one: NameTransition, source: number): Rule => ({
  rule: 'type_transition',
  source: nameIn(policy.types, source),
  target: nameIn(policy.types, one.target),
  class: nameIn(policy.classes, one.class),
  gives: { type: nameIn(policy.types, one.default), name: one.name },
})

/** The line that sesearch prints; extended permissions show their condition too, which sesearch leaves out. */
export const ruleText = ({ rule, source, target, class: on, gives, condition }: Rule): string => {
  const end = condition ? ` [ ${condition.text} ]:${condition.branch ? 'True' : 'False'}` : ''
  return `${rule} ${source} ${target}:${on} ${givesText(gives)};${end}`
}

const givesText = (gives: Rule['gives']): string => {
  if ('permissions' in gives) return braced(gives.permissions)
  if ('xperms' in gives) return `${gives.xperms} ${xpermText(gives.ranges)}`
  return gives.name === undefined ? gives.type : `${gives.type} ${gives.name}`
}
