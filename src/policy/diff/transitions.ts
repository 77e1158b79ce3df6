import { ruleBits } from '../policy.ts'
import { compareNamed, indexNamed, sharedNames } from './name-transitions.ts'
import type { Pair, Side } from './pair.ts'
import type { NamedTransition } from './shapes.ts'
import type { TransitionChange } from './transition-change.ts'

/** Where a transition stands, in ids. */
export type TransitionPlace = Omit<TransitionChange, 'change' | 'before' | 'after'>

/** What one side’s rule for a place leads to, if it has one. */
export type TransitionAt = (place: TransitionPlace) => number | undefined

/** Both sides’ transitions, and where they differ. */
export interface TransitionsCompared {
  readonly left: TransitionAt
  readonly right: TransitionAt
  readonly changes: readonly TransitionChange[]
}

/** All transitions of types that both sides have, to types that exist there; the rest is new or vanished types’ own. */
export const compareTransitions = (pair: Pair): TransitionsCompared => {
  const [left, right] = [plainOf(pair, pair.left), plainOf(pair, pair.right)]
  const names = sharedNames(pair)
  const [leftNamed, rightNamed] = [indexNamed(pair, pair.left, names), indexNamed(pair, pair.right, names)]
  const at =
    (plain: Plain, named: typeof leftNamed): TransitionAt =>
    place =>
      place.name === undefined
        ? plain.get(place.condition ?? always)?.get(placeKey(place))
        : named.at(place.source, place.target, place.class, place.name)
  const changes: TransitionChange[] = []
  const add = (change: TransitionChange): void => {
    pair.spend(looksPerChange)
    changes.push(change)
  }
  for (const condition of new Set([...left.keys(), ...right.keys()]))
    comparePlain(left.get(condition), right.get(condition), condition, add)
  compareNamed(pair, leftNamed, rightNamed, add)
  return { left: at(left, leftNamed), right: at(right, rightNamed), changes }
}

/** By condition, what each place leads to: numbers only, since there may be a hundred thousand of them. */
type Plain = ReadonlyMap<number, ReadonlyMap<number, number>>

// Conditions are numbered from 0 on.
const always = -1

const plainOf = (pair: Pair, side: Side): Plain => {
  const found = new Map<number, Map<number, number>>()
  const { rules } = side.policy
  const shared = (value: number): Uint32Array =>
    (side.members[side.typeId[value] ?? 0] ?? new Uint32Array()).filter(id => pair.isShared[id] === 1)
  for (let rule = 0; rule < rules.count; rule += 1) {
    if (rules.kind[rule] !== ruleBits.type_transition) continue
    const objectClass = side.classId[rules.class[rule] ?? 0] ?? 0
    if (pair.isSharedClass[objectClass] !== 1) continue
    const at = rules.condition[rule] ?? always
    const condition = at < 0 ? always : meantBy(pair, side.conditionId[at] ?? always)
    if (condition === undefined) continue
    const places = found.get(condition) ?? new Map<number, number>()
    found.set(condition, places)
    const [sources, targets] = [shared(rules.source[rule] ?? 0), shared(rules.target[rule] ?? 0)]
    pair.spend(sources.length * targets.length * looksPerPlace)
    const to = side.typeId[rules.datum[rule] ?? 0] ?? 0
    for (const source of sources)
      for (const target of targets) places.set(placeKey({ source, target, class: objectClass }), to)
  }
  return found
}

// What holds whatever the booleans is no condition, and what never holds leads nowhere.
const meantBy = (pair: Pair, condition: number): number | undefined => {
  const { table } = pair.conditionAt(condition)
  if (table === undefined) return condition
  if (!table.includes('1')) return undefined
  return table.includes('0') ? condition : always
}

// Counted high for the memory they take: some sixty bytes, and two hundred.
const looksPerPlace = 200
const looksPerChange = 400

// 48 bits of 53: what both sides have has the left side's values, sixteen bits wide.
const placeKey = ({ source, target, class: objectClass }: TransitionPlace): number =>
  (source * 0x1_0000 + target) * 0x1_0000 + objectClass

const comparePlain = (
  left: ReadonlyMap<number, number> | undefined,
  right: ReadonlyMap<number, number> | undefined,
  condition: number,
  add: (change: TransitionChange) => void,
): void => {
  const placeOf = (key: number): TransitionPlace => ({
    source: Math.floor(key / 0x1_0000_0000),
    target: Math.floor(key / 0x1_0000) % 0x1_0000,
    class: key % 0x1_0000,
    ...(condition === always ? {} : { condition }),
  })
  for (const [key, before] of left ?? []) {
    const after = right?.get(key)
    if (after === before) continue
    add(
      after === undefined
        ? { change: 'lost', ...placeOf(key), before }
        : { change: 'changed', ...placeOf(key), before, after },
    )
  }
  for (const [key, after] of right ?? [])
    if (left?.has(key) !== true) add({ change: 'gained', ...placeOf(key), after })
}

/** A change in names. */
export const namedTransition = (
  { typeName, className, conditionText }: Pair,
  one: TransitionChange,
): NamedTransition => ({
  change: one.change,
  source: typeName(one.source),
  target: typeName(one.target),
  class: className(one.class),
  ...(one.name === undefined ? {} : { name: one.name }),
  ...(one.condition === undefined ? {} : { condition: conditionText(one.condition) }),
  ...(one.before === undefined ? {} : { before: typeName(one.before) }),
  ...(one.after === undefined ? {} : { after: typeName(one.after) }),
})
