import { holds } from '../../model/boolean-expression.ts'
import { booleansOf, conditionText } from '../condition.ts'
import { byCodePoint } from '../names.ts'
import type { Condition, ObjectClass, Policy, Type } from '../policy.ts'
import type { Spend } from './work.ts'

/*
 * Two policies on common ground. Values differ between builds, so both sides speak of ids: a symbol of the left side has
 * its value there, one that only the right side has comes after.
 */

/** One side: how its values become ids, and what its types belong to, in ids. */
export interface Side {
  readonly policy: Policy
  /** By value. */
  readonly typeId: Uint32Array
  readonly classId: Uint32Array
  /** By type id: the type itself and its attributes; empty where this side lacks it. */
  readonly closure: readonly Uint32Array[]
  /** By id: an attribute’s members, or the type itself. */
  readonly members: readonly Uint32Array[]
  /** A vector of this side in the bits of the left side’s class; permissions that only one side knows fall out. */
  readonly sharedVector: (classValue: number, vector: number) => number
  /** By 2 × condition + branch: an id that equal conditions share. */
  readonly conditionId: Uint32Array
}

export interface Pair {
  readonly left: Side
  readonly right: Side
  readonly typeName: (id: number) => string
  readonly className: (id: number) => string
  /** By type id: a type (no attribute) that both sides have. */
  readonly isShared: Uint8Array
  /** By class id. */
  readonly isSharedClass: Uint8Array
  readonly types: number
  /** A condition and its branch as sesearch writes them: `[ kb1 ]:True`. */
  readonly conditionText: (id: number) => string
  readonly conditionAt: (id: number) => ConditionMeant
  /** To be called with the work that comes. */
  readonly spend: Spend
}

/** What a condition with its branch means, whichever side wrote it. */
export interface ConditionMeant {
  readonly text: string
  /** The booleans that it mentions, sorted. */
  readonly names: readonly string[]
  /** Whether it holds, by the states of these: the first is the lowest bit of the place. Absent where they are many. */
  readonly table?: string
}

/** Brings two policies together; what compares them says to `spend` how much work comes. */
export const pairUp = (left: Policy, right: Policy, spend: Spend): Pair => {
  const types = idsOf(left.types.byValue, right.types.byValue, one => counterpart(left, right, one))
  const classes = idsOf(
    left.classes.byValue,
    right.classes.byValue,
    one => left.classes.byName.get(one.name)?.value,
  )
  const conditions = new Map<string, number>()
  const meant: ConditionMeant[] = []
  const conditionId = (policy: Policy): Uint32Array =>
    Uint32Array.from(
      policy.conditions.flatMap(condition =>
        [true, false].map(branch => {
          spend(condition.length * 256)
          const one = meaningOf(policy, condition, branch)
          const key = one.table === undefined ? one.text : `${one.names.join(' ')} ${one.table}`
          const known = conditions.get(key)
          if (known !== undefined) return known
          const id = meant.push(one) - 1
          conditions.set(key, id)
          return id
        }),
      ),
    )
  const side = (policy: Policy, typeId: Uint32Array, classId: Uint32Array): Side => ({
    policy,
    typeId,
    classId,
    closure: byTypeId(policy, typeId, types.names.length, one =>
      one.isAttribute ? [] : [one.value, ...(policy.attributesOf[one.value] ?? [])],
    ),
    members: byTypeId(policy, typeId, types.names.length, one =>
      one.isAttribute ? (policy.membersOf[one.value] ?? []) : [one.value],
    ),
    sharedVector: vectors(left, policy, classId),
    conditionId: conditionId(policy),
  })
  const sides = {
    left: side(left, identity(left.types.byValue.length), identity(left.classes.byValue.length)),
    right: side(right, types.ofRight, classes.ofRight),
  }
  return {
    ...sides,
    typeName: id => types.names[id] ?? '',
    className: id => classes.names[id] ?? '',
    isShared: Uint8Array.from(types.names, (_, id) =>
      (sides.left.closure[id]?.length ?? 0) > 0 && (sides.right.closure[id]?.length ?? 0) > 0 ? 1 : 0,
    ),
    isSharedClass: Uint8Array.from(classes.names, (name, id) =>
      id > 0 && id < left.classes.byValue.length && right.classes.byName.has(name) ? 1 : 0,
    ),
    types: types.names.length,
    conditionText: id => meant[id]?.text ?? '',
    conditionAt: id => meant[id] ?? { text: '', names: [] },
    spend,
  }
}

const identity = (length: number): Uint32Array => Uint32Array.from({ length }, (_, index) => index)

const idsOf = <T extends { readonly name: string; readonly value: number }>(
  left: readonly (T | undefined)[],
  right: readonly (T | undefined)[],
  onLeft: (one: T) => number | undefined,
): { readonly names: readonly string[]; readonly ofRight: Uint32Array } => {
  const names = left.map(one => one?.name ?? '')
  const ofRight = Uint32Array.from(right, one => (one ? (onLeft(one) ?? names.push(one.name) - 1) : 0))
  return { names, ofRight }
}

// A type may have been renamed and have kept its old name as an alias, or the other way round.
const counterpart = (
  left: Policy,
  right: Policy,
  one: { readonly name: string; readonly value: number; readonly isAttribute: boolean },
): number | undefined => {
  const names = [
    one.name,
    ...right.types.aliases.filter(({ value }) => value === one.value).map(({ name }) => name),
  ]
  const found = names
    .map(name => left.types.byName.get(name))
    .find(type => type?.isAttribute === one.isAttribute)
  return found?.value
}

// By id, in ids: what a symbol of the type table stands in relation to.
const byTypeId = (
  { types }: Policy,
  ids: Uint32Array,
  length: number,
  relatedTo: (one: Type) => Iterable<number>,
): readonly Uint32Array[] => {
  const all = Array.from({ length }, () => new Uint32Array())
  for (const one of types.byValue)
    if (one) all[ids[one.value] ?? 0] = Uint32Array.from(relatedTo(one), value => ids[value] ?? 0)
  return all
}

// Permission bits may move between builds; in most policies of one family they do not.
const vectors = (left: Policy, own: Policy, classId: Uint32Array): Side['sharedVector'] => {
  const moves = own.classes.byValue.map((one, value) =>
    movesOf(left.classes.byValue[classId[value] ?? 0], one),
  )
  return (value, vector) => {
    const move = moves[value]
    if (!move) return 0
    if (typeof move === 'number') return (vector & move) >>> 0
    let shared = 0
    for (const [from, to] of move) if (((vector >>> from) & 1) === 1) shared = (shared | (1 << to)) >>> 0
    return shared
  }
}

const movesOf = (
  left: ObjectClass | undefined,
  own: ObjectClass | undefined,
): number | readonly (readonly [from: number, to: number])[] | undefined => {
  if (!left || !own) return undefined
  const moves = own.permissions.flatMap((name, from) => {
    const to = name === undefined ? -1 : left.permissions.indexOf(name)
    return to < 0 ? [] : [[from, to] as const]
  })
  if (moves.some(([from, to]) => from !== to)) return moves
  return moves.reduce((mask, [from]) => (mask | (1 << from)) >>> 0, 0)
}

const mostMentioned = 8

// Equal meanings share a truth table over the names that are mentioned; where these are many, only the text tells.
const meaningOf = (policy: Policy, condition: Condition, branch: boolean): ConditionMeant => {
  const text = `[ ${conditionText(policy, condition)} ]:${branch ? 'True' : 'False'}`
  const mentioned = [...booleansOf(condition)]
    .map(value => ({ value, name: policy.booleans.byValue[value]?.name ?? '' }))
    .toSorted((a, b) => byCodePoint(a.name, b.name))
  const names = mentioned.map(({ name }) => name)
  if (mentioned.length > mostMentioned) return { text, names }
  const table = Array.from({ length: 2 ** mentioned.length }, (_, row) => {
    const state = (boolean: number): boolean =>
      ((row >> mentioned.findIndex(({ value }) => value === boolean)) & 1) === 1
    return holds(condition, state) === branch ? '1' : '0'
  }).join('')
  return { text, names, table }
}
