import { SefleetError } from '../../errors.ts'
import type { Policy, RuleKind } from '../../policy/policy.ts'
import { ruleText, type Rule } from '../../policy/rule.ts'
import type { ClassCriterion, Criterion } from '../../policy/search/criterion.ts'
import { foundRules } from '../../policy/search/lines.ts'
import { rangeRuleText, searchRangeTransitions, type RangeRule } from '../../policy/search/range-rules.ts'
import { roleRuleText, searchRoleRules, type RoleRule } from '../../policy/search/role-rules.ts'
import { searchRules, type RuleSearch } from '../../policy/search/search.ts'
import { joined, type XpermRanges } from '../../policy/xperms.ts'

/** The words of `sefleet policy search`, which are sesearch’s, as commander gives them. */
export interface SearchOptions {
  readonly A?: true
  readonly allow?: true
  readonly allowxperm?: true
  readonly auditallow?: true
  readonly auditallowxperm?: true
  readonly dontaudit?: true
  readonly dontauditxperm?: true
  readonly type_trans?: true
  readonly type_change?: true
  readonly type_member?: true
  readonly role_allow?: true
  readonly role_trans?: true
  readonly range_trans?: true
  readonly source?: string
  readonly target?: string
  readonly class?: string
  readonly perms?: string
  readonly xperms?: string
  readonly default?: string
  readonly bool?: string
  readonly ds?: true
  readonly dt?: true
  readonly eb?: true
  readonly ep?: true
  readonly ex?: true
  readonly Sp?: true
  readonly rs?: true
  readonly rt?: true
  readonly rc?: true
  readonly rd?: true
  readonly rb?: true
}

export type FoundRule = Rule | RoleRule | RangeRule

/** The line that sesearch prints for a rule. */
export const lineOf = (one: FoundRule): string => {
  if ('gives' in one) return ruleText(one)
  return one.rule === 'range_transition' ? rangeRuleText(one) : roleRuleText(one)
}

/** Finds what the words ask for; type rules first, then role rules, then range transitions, each sorted. */
export const search = (policy: Policy, options: SearchOptions): readonly FoundRule[] => {
  const kinds = typeRules.filter(([word]) => options[word]).map(([, kind]) => kind)
  if (options.A) kinds.push('allow', 'allowxperm')
  const roleKinds = roleRules.filter(([word]) => options[word]).map(([, kind]) => kind)
  if (kinds.length + roleKinds.length === 0 && !options.range_trans)
    throw new SefleetError('usage', 'at least one kind of rule must be given, such as -A or -T')
  const ends = {
    source: typeCriterion(options.source, options.ds, options.rs),
    target: typeCriterion(options.target, options.dt, options.rt),
    classes: classCriterion(options),
  }
  const fallsTo = options.default === undefined ? undefined : named(options.default, options.rd)
  const rules: RuleSearch = {
    ...ends,
    kinds,
    default: fallsTo,
    permissions: options.perms === undefined ? undefined : permissionCriterion(options.perms, options),
    xperms:
      options.xperms === undefined
        ? undefined
        : { ranges: xpermRanges(options.xperms), match: options.ex ? 'equal' : 'any' },
    booleans: options.bool === undefined ? undefined : booleanCriterion(options.bool, options),
  }
  return [
    ...(kinds.length > 0 ? foundRules(policy, searchRules(policy, rules)) : []),
    ...(roleKinds.length > 0 ? searchRoleRules(policy, { ...ends, kinds: roleKinds, default: fallsTo }) : []),
    ...(options.range_trans ? searchRangeTransitions(policy, { ...ends, range: options.default }) : []),
  ]
}

const typeRules: readonly (readonly [keyof SearchOptions, RuleKind])[] = [
  ['allow', 'allow'],
  ['allowxperm', 'allowxperm'],
  ['auditallow', 'auditallow'],
  ['auditallowxperm', 'auditallowxperm'],
  ['dontaudit', 'dontaudit'],
  ['dontauditxperm', 'dontauditxperm'],
  ['type_trans', 'type_transition'],
  ['type_change', 'type_change'],
  ['type_member', 'type_member'],
]
const roleRules = [
  ['role_allow', 'allow'],
  ['role_trans', 'role_transition'],
] as const

const named = (text: string, isPattern: true | undefined) => (isPattern ? { pattern: text } : { name: text })

const typeCriterion = (
  text: string | undefined,
  isDirect: true | undefined,
  isPattern: true | undefined,
): Criterion | undefined =>
  text === undefined ? undefined : { ...named(text, isPattern), match: isDirect ? 'direct' : 'indirect' }

const classCriterion = (options: SearchOptions): ClassCriterion | undefined => {
  if (options.class === undefined) return undefined
  return options.rc ? { pattern: options.class } : { names: options.class.split(',') }
}

const permissionCriterion = (text: string, { ep, Sp }: SearchOptions): RuleSearch['permissions'] => ({
  names: text.split(','),
  match: Sp ? 'subset' : ep ? 'equal' : 'any',
})

const booleanCriterion = (text: string, { rb, eb }: SearchOptions): RuleSearch['booleans'] =>
  rb ? { pattern: text } : { names: text.split(','), match: eb ? 'equal' : 'any' }

// 0x08,0x30-0x40: hexadecimal, with 0x or without
const xpermRanges = (text: string): XpermRanges =>
  joined(
    text.split(',').map(part => {
      const match = /^(?:0x)?([0-9a-f]{1,4})(?:-(?:0x)?([0-9a-f]{1,4}))?$/i.exec(part.trim())
      if (!match)
        throw new SefleetError(
          'usage',
          `-x ${text}: '${part}' is no hexadecimal number from 0 to ffff, nor a range`,
        )
      const [low, high] = [match[1], match[2] ?? match[1]].map(one => Number.parseInt(one ?? '', 16))
      return [Math.min(low ?? 0, high ?? 0), Math.max(low ?? 0, high ?? 0)] as const
    }),
  )
