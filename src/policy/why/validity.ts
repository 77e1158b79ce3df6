import { SefleetError } from '../../errors.ts'
import { levelText, nameIn, rangeText } from '../names.ts'
import type { Level, Policy } from '../policy.ts'
import { dominatesLevel } from './constraint.ts'
import { endOf, type End } from './context-values.ts'

/** A whole context that a policy does not allow to exist, and why, in words. */
export interface InvalidContext {
  readonly context: string
  readonly faults: readonly string[]
  /** The type that the kernel puts in its place. */
  readonly instead?: string
}

/** Whether a whole context is none in a policy, as policydb_context_isvalid() in the kernel; undefined where it is one, and for a bare type. */
export const invalidContext = (policy: Policy, context: string): InvalidContext | undefined => {
  if (!context.includes(':')) return undefined
  const faults = faultsOf(policy, context)
  if (faults.length === 0) return undefined
  const { initialSids } = policy.contexts
  const unlabeled = initialSids.find(({ sid }) => sid === unlabeledSid)
  return {
    context,
    faults,
    ...(unlabeled ? { instead: nameIn(policy.types, unlabeled.context.type) } : {}),
  }
}

const unlabeledSid = 3

const faultsOf = (policy: Policy, context: string): readonly string[] => {
  try {
    return faultsIn(policy, endOf(policy, context))
  } catch (fault) {
    if (fault instanceof SefleetError && fault.code === 'policy-name-unknown') return [fault.message]
    throw fault
  }
}

// Objects have one role for all types and users.
const objectRole = 1

const faultsIn = (policy: Policy, { user, role, type, range }: End): readonly string[] => {
  const owner = policy.users.byValue[user ?? 0]
  const part = policy.roles.byValue[role ?? 0]
  if (!owner || !part) return []
  const isObject = part.value === objectRole
  const ranges = range
    ? [
        ...[range.low, range.high].filter(isFirst).flatMap(level => levelFaults(policy, level)),
        ...(dominatesLevel(range.high, range.low) ? [] : ['its high level is below its low one']),
      ]
    : []
  const isBeyond =
    range !== undefined &&
    !isObject &&
    !(dominatesLevel(range.low, owner.range.low) && dominatesLevel(owner.range.high, range.high))
  return [
    ...(isObject || owner.roles.includes(part.value)
      ? []
      : [`the user ${owner.name} does not have the role ${part.name}`]),
    ...(isObject || part.types.includes(type)
      ? []
      : [`the role ${part.name} does not have the type ${nameIn(policy.types, type)}`]),
    ...ranges,
    ...(isBeyond
      ? [`its range is beyond that of the user ${owner.name} (${rangeText(policy, owner.range)})`]
      : []),
  ]
}

const isFirst = (one: Level, index: number, all: readonly Level[]): boolean => all.indexOf(one) === index

const levelFaults = (policy: Policy, level: Level): readonly string[] => {
  const known = new Set(policy.sensitivities.byValue[level.sensitivity]?.categories)
  return Array.from(level.categories).every(one => known.has(one))
    ? []
    : [`the level ${levelText(policy, level)} has categories that do not go with its sensitivity`]
}
