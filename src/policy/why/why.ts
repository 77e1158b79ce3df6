import { holds } from '../../model/boolean-expression.ts'
import { booleansOf } from '../condition.ts'
import { constraintText } from '../info/constraints.ts'
import { nameIn } from '../names.ts'
import { ruleBits, type Condition, type ObjectClass, type Policy, type Xperm } from '../policy.ts'
import { ruleAt, ruleText } from '../rule.ts'
import { rangesOf } from '../xperms.ts'
import { constraintHolds } from './constraint.ts'
import type { End } from './context-values.ts'
import type { InvalidContext } from './validity.ts'

/** Why a permission is allowed or denied. Rules and constraints are lines of the policy. */
export interface Why {
  readonly source: string
  readonly target: string
  readonly class: string
  readonly permission: string
  /**
   * `allowed`; `undecided` when constraints depend on what was not given (user, role, range); else what is in the way: no rule
   * at all, a constraint, roles or typebounds (whatever the booleans), that extended permissions allow other numbers only, or
   * only that a boolean switches the rule off.
   */
  readonly verdict:
    'allowed' | 'undecided' | 'missing' | 'boolean' | 'bounds' | 'constraint' | 'role' | 'xperm'
  /** Contexts that do not exist in this policy: the rest is what it says of the types alone, if it knows these. */
  readonly invalid?: readonly InvalidContext[]
  /** The number of the ioctl or netlink message, where it was given. */
  readonly number?: number
  /** The rules of extended permissions on this access: where there are any, no other number is allowed. */
  readonly narrowedBy: readonly string[]
  /** The rules that allow it, now. */
  readonly rules: readonly string[]
  /** Rules that would, with the fewest booleans to be switched. */
  readonly switches: readonly {
    readonly rule: string
    readonly booleans: readonly { readonly name: string; readonly state: boolean }[]
  }[]
  /** The constraints on this permission that forbid it, or that could not be decided. */
  readonly constraints: readonly { readonly text: string; readonly holds: false | undefined }[]
  /** The type whose own permissions bound the source's, if it lacks this one. */
  readonly boundedBy?: string
  /** The dontaudit rules that keep a denial out of the log. */
  readonly silencedBy: readonly string[]
  /** The source domain is permissive: denials are logged, not enforced. */
  readonly isPermissive: boolean
}

/** An access of contexts that do not exist, whose types are not known either: there is no more to say. */
export interface InvalidAccess {
  readonly source: string
  readonly target: string
  readonly class: string
  readonly permission: string
  readonly invalid: readonly InvalidContext[]
}

/** The states of the booleans, by value; the policy's own where a node's are not known. */
export type States = (boolean: number) => boolean

/** Explains one permission, as audit2why does, from the policy alone. */
export const explain = (
  policy: Policy,
  access: {
    readonly source: End
    readonly target: End
    readonly class: ObjectClass
    readonly permission: string
    readonly number?: number | undefined
  },
  states: States,
): Why => {
  const { source, target, permission, number, class: objectClass } = access
  const bit = (1 << objectClass.permissions.indexOf(permission)) >>> 0
  const found = rulesFor(policy, source.type, target.type, objectClass.value, bit)
  const isOn = (rule: number): boolean => isActive(policy, rule, states)
  const rules = found.allow.filter(isOn)
  const constraints = objectClass.constraints
    .filter(one => (one.permissions & bit) !== 0)
    .map(one => ({
      text: constraintText(policy, objectClass, one).trim(),
      holds: constraintHolds(policy, one.expression, source, target),
    }))
    .flatMap(({ text, holds: itHolds }) => (itHolds === true ? [] : [{ text, holds: itHolds }]))
  const boundedBy = boundsWithout(policy, source.type, target.type, objectClass.value, bit, states)
  const switches = rules.length > 0 ? [] : found.allow.flatMap(rule => switchFor(policy, rule, states) ?? [])
  const narrowing = xpermsOn(policy, source.type, target.type, objectClass.value, permission).filter(isOn)
  const isNarrowedOut =
    number !== undefined &&
    narrowing.length > 0 &&
    !narrowing.some(
      rule =>
        policy.rules.kind[rule] === ruleBits.allowxperm &&
        covers(policy.rules.xperms[policy.rules.datum[rule] ?? 0], number),
    )
  const why: Omit<Why, 'verdict'> = {
    source: nameIn(policy.types, source.type),
    target: nameIn(policy.types, target.type),
    class: objectClass.name,
    permission,
    ...(number === undefined ? {} : { number }),
    rules: rules.map(rule => ruleText(ruleAt(policy, rule))),
    narrowedBy: narrowing.map(rule => ruleText(ruleAt(policy, rule))),
    switches: switches.toSorted((a, b) => a.booleans.length - b.booleans.length),
    constraints,
    ...(boundedBy === undefined ? {} : { boundedBy }),
    silencedBy: found.dontaudit.filter(isOn).map(rule => ruleText(ruleAt(policy, rule))),
    isPermissive: policy.permissive.includes(source.type),
  }
  return { ...why, verdict: verdictOf(why, isRoleChangeAllowed(policy, access), isNarrowedOut) }
}

const verdictOf = (
  why: Omit<Why, 'verdict'>,
  mayChangeRole: boolean,
  isNarrowedOut: boolean,
): Why['verdict'] => {
  if (why.rules.length === 0 && why.switches.length === 0) return 'missing'
  // What forbids it all the same comes before the boolean: switching that would not help.
  if (why.constraints.some(({ holds: itHolds }) => itHolds === false)) return 'constraint'
  if (!mayChangeRole) return 'role'
  if (why.boundedBy !== undefined) return 'bounds'
  if (isNarrowedOut) return 'xperm'
  if (why.rules.length === 0) return 'boolean'
  return why.constraints.length > 0 ? 'undecided' : 'allowed'
}

const rulesFor = (policy: Policy, source: number, target: number, objectClass: number, bit: number) => {
  const { rules } = policy
  const [sources, targets] = [source, target].map(type => withAttributes(policy, type))
  const found: { readonly allow: number[]; readonly dontaudit: number[] } = { allow: [], dontaudit: [] }
  for (let rule = 0; rule < rules.count; rule += 1) {
    if (rules.class[rule] !== objectClass || ((rules.datum[rule] ?? 0) & bit) === 0) continue
    const kind = rules.kind[rule]
    const list =
      kind === ruleBits.allow ? found.allow : kind === ruleBits.dontaudit ? found.dontaudit : undefined
    if (list && sources?.has(rules.source[rule] ?? 0) && targets?.has(rules.target[rule] ?? 0))
      list.push(rule)
  }
  return found
}

/**
 * The rules of extended permissions on an access. Where there is any, be it only for logging, the kernel allows no number but
 * those of allowxperm rules (linux security/selinux/ss/services.c, context_struct_compute_av; avc.c, avc_has_extended_perms).
 */
const xpermsOn = (
  policy: Policy,
  source: number,
  target: number,
  objectClass: number,
  permission: string,
): readonly number[] => {
  const { rules } = policy
  if (rules.xperms.length === 0 || (permission !== 'ioctl' && permission !== 'nlmsg')) return []
  const [sources, targets] = [source, target].map(type => withAttributes(policy, type))
  return Array.from({ length: rules.count }, (_, rule) => rule).filter(
    rule =>
      ((rules.kind[rule] ?? 0) & xpermKinds) !== 0 &&
      rules.class[rule] === objectClass &&
      (rules.xperms[rules.datum[rule] ?? 0]?.kind === 'nlmsg') === (permission === 'nlmsg') &&
      sources?.has(rules.source[rule] ?? 0) &&
      targets?.has(rules.target[rule] ?? 0),
  )
}

const xpermKinds = ruleBits.allowxperm | ruleBits.auditallowxperm | ruleBits.dontauditxperm

const covers = (xperm: Xperm | undefined, number: number): boolean =>
  xperm !== undefined && rangesOf(xperm).some(([low, high]) => low <= number && number <= high)

const withAttributes = (policy: Policy, type: number): ReadonlySet<number> =>
  new Set([type, ...(policy.attributesOf[type] ?? [])])

const conditionOf = ({ rules, conditions }: Policy, rule: number) => {
  const condition = rules.condition[rule] ?? -1
  return condition < 0
    ? undefined
    : { expression: conditions[condition >> 1] ?? [], branch: (condition & 1) === 0 }
}

const isActive = (policy: Policy, rule: number, states: States): boolean => {
  const condition = conditionOf(policy, rule)
  return condition === undefined || holds(condition.expression, states) === condition.branch
}

// The fewest booleans whose other state makes the rule hold; conditions mention a handful.
const switchFor = (policy: Policy, rule: number, states: States): Why['switches'][number] | undefined => {
  const condition = conditionOf(policy, rule)
  if (!condition) return undefined
  const flips = fewestFlips(condition.expression, condition.branch, states)
  return (
    flips && {
      rule: ruleText(ruleAt(policy, rule)),
      booleans: flips.map(value => ({ name: nameIn(policy.booleans, value), state: !states(value) })),
    }
  )
}

const fewestFlips = (
  expression: Condition,
  branch: boolean,
  states: States,
): readonly number[] | undefined => {
  const mentioned = [...booleansOf(expression)].slice(0, 10)
  const subsets = Array.from({ length: 2 ** mentioned.length }, (_, mask) =>
    mentioned.filter((_boolean, index) => ((mask >> index) & 1) === 1),
  ).toSorted((a, b) => a.length - b.length)
  return subsets.find(
    subset => holds(expression, boolean => states(boolean) !== subset.includes(boolean)) === branch,
  )
}

// A bounded type has at most what its parent has on the same target (on the parent itself where it is its own target).
const boundsWithout = (
  policy: Policy,
  source: number,
  target: number,
  objectClass: number,
  bit: number,
  states: States,
): string | undefined => {
  const parent = policy.types.byValue[source]?.bounds ?? 0
  if (parent === 0) return undefined
  const targetBounds = policy.types.byValue[target]?.bounds ?? 0
  const { allow } = rulesFor(policy, parent, targetBounds === 0 ? target : targetBounds, objectClass, bit)
  return allow.some(rule => isActive(policy, rule, states)) ? undefined : nameIn(policy.types, parent)
}

// process transition and dyntransition into another role need a role allow rule
const isRoleChangeAllowed = (
  policy: Policy,
  { source, target, class: { name }, permission }: Parameters<typeof explain>[1],
): boolean => {
  if (name !== 'process' || !['transition', 'dyntransition'].includes(permission)) return true
  if (source.role === undefined || target.role === undefined || source.role === target.role) return true
  return policy.roleAllows.some(one => one.role === source.role && one.newRole === target.role)
}
