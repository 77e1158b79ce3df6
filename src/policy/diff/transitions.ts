import { ruleBits } from '../policy.ts'
import type { Pair, Side } from './pair.ts'
import type { NamedTransition } from './shapes.ts'

/** A new object’s type, or a new process’s domain, that is no longer (or newly, or otherwise) decided by a rule. Ids. */
export interface TransitionChange {
  readonly change: NamedTransition['change']
  readonly source: number
  readonly target: number
  readonly class: number
  /** Of the new file, where the rule asks for it. */
  readonly name?: string
  readonly condition?: number
  readonly before?: number
  readonly after?: number
}

interface Entry {
  readonly place: Omit<TransitionChange, 'change' | 'before' | 'after'>
  readonly to: number
}

/** What each place of one side leads to; the key has the place, the file’s name and the condition. */
type Transitions = ReadonlyMap<string | number, Entry>

/** Both sides’ transitions, and where they differ. */
export interface TransitionsCompared {
  readonly left: Transitions
  readonly right: Transitions
  readonly changes: readonly TransitionChange[]
}

/** All transitions of types that both sides have, to types that exist there; the rest is new or vanished types’ own. */
export const compareTransitions = (pair: Pair): TransitionsCompared => {
  const [left, right] = [transitionsOf(pair, pair.left), transitionsOf(pair, pair.right)]
  const changes: TransitionChange[] = []
  for (const [key, { place, to }] of left) {
    const after = right.get(key)?.to
    if (after === to) continue
    changes.push(
      after === undefined
        ? { change: 'lost', ...place, before: to }
        : { change: 'changed', ...place, before: to, after },
    )
  }
  for (const [key, { place, to }] of right)
    if (!left.has(key)) changes.push({ change: 'gained', ...place, after: to })
  return { left, right, changes }
}

const transitionsOf = (pair: Pair, side: Side): Transitions => {
  const found = new Map<string | number, Entry>()
  const { rules, nameTransitions } = side.policy
  const types = (value: number): Uint32Array => side.members[side.typeId[value] ?? 0] ?? new Uint32Array()
  const add = (
    source: number,
    target: number,
    classValue: number,
    to: number,
    name?: string,
    condition?: number,
  ): void => {
    const objectClass = side.classId[classValue] ?? 0
    if (pair.isShared[source] !== 1 || pair.isShared[target] !== 1 || pair.isSharedClass[objectClass] !== 1)
      return
    const place = {
      source,
      target,
      class: objectClass,
      ...(name === undefined ? {} : { name }),
      ...(condition === undefined ? {} : { condition }),
    }
    found.set(transitionKey(place), { place, to: side.typeId[to] ?? 0 })
  }
  for (let rule = 0; rule < rules.count; rule += 1) {
    if (rules.kind[rule] !== ruleBits.type_transition) continue
    const condition = rules.condition[rule] ?? -1
    const id = condition < 0 ? undefined : side.conditionId[condition]
    const [sources, targets] = [types(rules.source[rule] ?? 0), types(rules.target[rule] ?? 0)]
    pair.spend(sources.length * targets.length * looksPerTransition)
    for (const source of sources)
      for (const target of targets)
        add(source, target, rules.class[rule] ?? 0, rules.datum[rule] ?? 0, undefined, id)
  }
  for (const one of nameTransitions) {
    pair.spend(one.sources.length * looksPerTransition)
    for (const source of one.sources)
      add(side.typeId[source] ?? 0, side.typeId[one.target] ?? 0, one.class, one.default, one.name)
  }
  return found
}

// An entry of its own each, in memory.
const looksPerTransition = 500

/** The key of a place. */
export const transitionKey = ({
  source,
  target,
  class: objectClass,
  name,
  condition,
}: Entry['place']): string | number => {
  // 50 bits of 53: class 16, target and source 17 each
  const key = (source * 0x2_0000 + target) * 0x1_0000 + objectClass
  return name === undefined && condition === undefined ? key : `${key} ${condition ?? ''} ${name ?? ''}`
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
