import { looksAt } from './effective.ts'
import type { Pair, Side } from './pair.ts'
import type { Changed, Compared } from './permissions.ts'
import type { Spend } from './work.ts'
import type { Given, RuleIndex, VectorKind } from './rule-index.ts'
import type { TransitionChange } from './transition-change.ts'
import type { TransitionsCompared } from './transitions.ts'
import { bitsThatDiffer } from './ways.ts'

/** Permissions that only one side gives, with the side’s own rules and memberships that gave them. */
export interface Direction {
  readonly pair: Pair
  /** The side that gives, and the one that does not. */
  readonly from: Side
  readonly fromRules: RuleIndex
  readonly to: Side
  readonly toRules: RuleIndex
}

/** Why a permission is there on one side only. */
export type Cause =
  | { readonly cause: 'membership'; readonly type: number; readonly attribute: number }
  | { readonly cause: 'rule'; readonly source: number; readonly target: number; readonly class: number }
  /** The rule is still there, but holds under a condition only. */
  | { readonly cause: 'condition'; readonly source: number; readonly target: number; readonly class: number }

/** From before to after: what was lost. The other way round: what was gained. */
export const directions = ({
  pair,
  left,
  right,
}: Compared): { readonly lost: Direction; readonly gained: Direction } => ({
  lost: { pair, from: pair.left, fromRules: left, to: pair.right, toRules: right },
  gained: { pair, from: pair.right, fromRules: right, to: pair.left, toRules: left },
})

/**
 * The causes of `bits` of a source on a target: each rule that gave them. Where the same rule is on the other side too, its
 * ends are no longer what they were: that membership is the cause; else the rule itself is.
 */
export const causesOf = (
  { pair, from, fromRules, to, toRules }: Direction,
  { kind, source, target, class: objectClass }: Changed,
  bits: number,
): readonly { readonly cause: Cause; readonly bits: number }[] => {
  const [nowSource, nowTarget] = [new Set(to.closure[source]), new Set(to.closure[target])]
  const causes: { readonly cause: Cause; readonly bits: number }[] = []
  pair.spend(looksAt(from, source, target))
  for (const first of from.closure[source] ?? []) {
    for (const second of from.closure[target] ?? []) {
      const given = fromRules.at(kind, first, second, objectClass)
      const granted = (all(given) & bits) >>> 0
      if (granted === 0) continue
      const now = toRules.at(kind, first, second, objectClass)
      const still = (granted & all(now)) >>> 0
      const gone = (granted & ~still) >>> 0
      const place = { source: first, target: second, class: objectClass }
      if (still !== 0) {
        const cause = membershipCause(source, target, place, nowSource, nowTarget)
        // A rule that is the same for both took nothing away: under a condition it stands where another one always held.
        const changed = cause.cause === 'membership' ? still : still & bitsThatDiffer(pair, given, now)
        if (changed !== 0) causes.push({ bits: changed >>> 0, cause })
      }
      if (gone !== 0) {
        const attribute =
          first === source
            ? whoseRule({ spend: pair.spend, from, to, toRules }, place, kind, gone)
            : undefined
        causes.push({
          bits: gone,
          cause:
            attribute === undefined
              ? { cause: 'rule', ...place }
              : { cause: 'membership', type: source, attribute },
        })
      }
    }
  }
  return causes
}

const all = (given: Given | undefined): number => {
  let bits = given?.always ?? 0
  for (const [, vector] of given?.ifs ?? []) bits = (bits | vector) >>> 0
  return bits
}

const membershipCause = (
  source: number,
  target: number,
  place: { readonly source: number; readonly target: number; readonly class: number },
  nowSource: ReadonlySet<number>,
  nowTarget: ReadonlySet<number>,
): Cause => {
  if (!nowSource.has(place.source)) return { cause: 'membership', type: source, attribute: place.source }
  if (!nowTarget.has(place.target)) return { cause: 'membership', type: target, attribute: place.target }
  return { cause: 'condition', ...place }
}

/**
 * Compilers expand some rules of an attribute (all of `self`) into one per member. If a type left an attribute whose other
 * members all have the same rule still, the membership took it away, not an edit of the rule.
 */
const whoseRule = (
  { spend, from, to, toRules }: Pick<Direction, 'from' | 'to' | 'toRules'> & { readonly spend: Spend },
  place: { readonly source: number; readonly target: number; readonly class: number },
  kind: VectorKind,
  bits: number,
): number | undefined => {
  const type = place.source
  return leftBy(from, to, type).find(attribute =>
    everyOther(to, attribute, type, member => {
      spend(1)
      const target = place.target === type ? member : place.target
      return (all(toRules.at(kind, member, target, place.class)) & bits) >>> 0 === bits
    }),
  )
}

/** The attributes a type has on one side only. */
export const leftBy = (from: Side, to: Side, type: number): readonly number[] => {
  const now = new Set(to.closure[type])
  return Array.from(from.closure[type] ?? []).filter(one => !now.has(one))
}

const everyOther = (
  to: Side,
  attribute: number,
  type: number,
  holds: (member: number) => boolean,
): boolean => {
  const members = Array.from(to.members[attribute] ?? []).filter(one => one !== type)
  return members.length > 0 && members.every(holds)
}

/** The attribute whose membership took or gave a transition: all its other members have the same one still. */
export const transitionCause = (
  pair: Pair,
  { left, right }: TransitionsCompared,
  change: TransitionChange,
): number | undefined => {
  if (change.change === 'changed') return undefined
  const [from, to, theirs, result] =
    change.change === 'lost'
      ? [pair.left, pair.right, right, change.before]
      : [pair.right, pair.left, left, change.after]
  // Of several the one with most members: the more have it, the less it is chance.
  return leftBy(from, to, change.source)
    .toSorted((a, b) => (to.members[b]?.length ?? 0) - (to.members[a]?.length ?? 0))
    .find(attribute =>
      everyOther(to, attribute, change.source, member => {
        pair.spend(1)
        return theirs({ ...change, source: member }) === result
      }),
    )
}
