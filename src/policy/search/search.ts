import { compileRegex } from '../../model/regex.ts'
import { booleansOf } from '../condition.ts'
import { ruleBits, type Policy, type RuleKind } from '../policy.ts'
import { rulesByEnd } from './by-end.ts'
import { rangesOf, type XpermRanges } from '../xperms.ts'
import {
  classesThatFit,
  typesThatFit,
  valuesNamed,
  type ClassCriterion,
  type Criterion,
} from './criterion.ts'
import { permissionMasks, type PermissionCriterion } from './permissions.ts'

/** The rules wanted, with sesearch’s meaning of each criterion; one that is absent lets everything through. */
export interface RuleSearch {
  readonly kinds: readonly RuleKind[]
  readonly source?: Criterion | undefined
  readonly target?: Criterion | undefined
  readonly classes?: ClassCriterion | undefined
  readonly permissions?: PermissionCriterion | undefined
  readonly xperms?: { readonly ranges: XpermRanges; readonly match: 'any' | 'equal' } | undefined
  /** Of type rules: the new type. */
  readonly default?: { readonly name: string } | { readonly pattern: string } | undefined
  readonly booleans?:
    | { readonly names: readonly string[]; readonly match: 'any' | 'equal' }
    | { readonly pattern: string }
    | undefined
}

/** What was found: indexes into the policy’s rules, and transitions by name with the sources that fit. */
export interface Found {
  readonly rules: readonly number[]
  readonly nameTransitions: readonly { readonly index: number; readonly sources: readonly number[] }[]
}

/** Finds rules; an unknown name is an error (`policy-name-unknown`). */
export const searchRules = (policy: Policy, search: RuleSearch): Found => {
  const wanted = compile(policy, search)
  const found: number[] = []
  for (const rule of wanted.candidates()) if (wanted.rule(rule)) found.push(rule)
  return { rules: found, nameTransitions: wanted.nameTransitions() }
}

// Of rules with the right source, else target, else all.
function* candidatesOf(
  { rules }: Policy,
  source: Uint8Array | undefined,
  target: Uint8Array | undefined,
): Generator<number> {
  const fits = source ?? target
  if (!fits) {
    for (let rule = 0; rule < rules.count; rule += 1) yield rule
    return
  }
  const { starts, order } = rulesByEnd(rules, source ? 'source' : 'target')
  for (let value = 0; value < fits.length; value += 1) {
    if (fits[value] !== 1) continue
    for (let at = starts[value] ?? 0; at < (starts[value + 1] ?? 0); at += 1) yield order[at] ?? 0
  }
}

const compile = (policy: Policy, search: RuleSearch) => {
  const { rules } = policy
  const kinds = search.kinds.reduce((mask, kind) => mask | ruleBits[kind], 0)
  const source = search.source && typesThatFit(policy, search.source)
  const target = search.target && typesThatFit(policy, search.target)
  const classes = search.classes && classesThatFit(policy, search.classes)
  const fallsTo = search.default && typesThatFit(policy, { ...search.default, match: 'indirect' })
  const masks = search.permissions && permissionMasks(policy, search.permissions, search.classes)
  const xperms = search.xperms && xpermsThatFit(policy, search.xperms)
  const conditions = search.booleans && conditionsThatFit(policy, search.booleans)
  const fitsEnds = (from: number, to: number, on: number): boolean =>
    (!source || source[from] === 1) && (!target || target[to] === 1) && (!classes || classes[on] === 1)
  return {
    candidates: () => candidatesOf(policy, source, target),
    rule: (rule: number): boolean => {
      const kind = rules.kind[rule] ?? 0
      const objectClass = rules.class[rule] ?? 0
      if ((kind & kinds) === 0) return false
      if (!fitsEnds(rules.source[rule] ?? 0, rules.target[rule] ?? 0, objectClass)) return false
      const datum = rules.datum[rule] ?? 0
      if (masks && !masks(kind, objectClass, rules.xperms[datum]?.kind, datum)) return false
      if (xperms && !((kind & xpermBits) !== 0 && xperms[datum] === 1)) return false
      if (fallsTo && !((kind & typeBits) !== 0 && fallsTo[datum] === 1)) return false
      const condition = rules.condition[rule] ?? -1
      return !conditions || (condition >= 0 && conditions[condition >> 1] === 1)
    },
    nameTransitions: (): Found['nameTransitions'] => {
      const never = masks ?? xperms ?? conditions
      if (never || (kinds & ruleBits.type_transition) === 0) return []
      const all = policy.nameTransitions
      const found: { readonly index: number; readonly sources: readonly number[] }[] = []
      for (let index = 0; index < all.count; index += 1) {
        const [to, on] = [all.target[index] ?? 0, all.class[index] ?? 0]
        if ((fallsTo && fallsTo[all.default[index] ?? 0] !== 1) || (target && target[to] !== 1)) continue
        const sources = Array.from(all.sources.subarray(all.starts[index], all.starts[index + 1]))
        const fitting = sources.filter(from => fitsEnds(from, to, on))
        if (fitting.length > 0) found.push({ index, sources: fitting })
      }
      return found
    },
  }
}

const xpermBits = ruleBits.allowxperm | ruleBits.auditallowxperm | ruleBits.dontauditxperm
const typeBits = ruleBits.type_transition | ruleBits.type_member | ruleBits.type_change

const xpermsThatFit = (policy: Policy, { ranges, match }: NonNullable<RuleSearch['xperms']>): Uint8Array =>
  Uint8Array.from(policy.rules.xperms, one => {
    const own = rangesOf(one)
    const fits =
      match === 'equal'
        ? JSON.stringify(own) === JSON.stringify(ranges)
        : own.some(([low, high]) => ranges.some(([from, to]) => low <= to && from <= high))
    return fits ? 1 : 0
  })

const conditionsThatFit = (policy: Policy, criterion: NonNullable<RuleSearch['booleans']>): Uint8Array => {
  const fits = fitsBooleans(policy, criterion)
  return Uint8Array.from(policy.conditions, condition => (fits(booleansOf(condition)) ? 1 : 0))
}

const fitsBooleans = (
  { booleans }: Policy,
  criterion: NonNullable<RuleSearch['booleans']>,
): ((mentioned: ReadonlySet<number>) => boolean) => {
  if ('pattern' in criterion) {
    const regex = compileRegex(criterion.pattern)
    return mentioned => [...mentioned].some(value => regex.isIn(booleans.byValue[value]?.name ?? ''))
  }
  const wanted = new Set(criterion.names.flatMap(name => valuesNamed(booleans, 'boolean', { name })))
  const hasWanted = (mentioned: ReadonlySet<number>): boolean => [...mentioned].some(one => wanted.has(one))
  if (criterion.match === 'any') return hasWanted
  return mentioned => mentioned.size === wanted.size && [...mentioned].every(one => wanted.has(one))
}
