import type { Leading, TransitionItem } from '../../model/policy-item.ts'
import type { Pair } from './pair.ts'
import type { TransitionChange } from './transition-change.ts'
import { meaningOf, waysOf, type State } from './ways.ts'

/**
 * Transitions one by one. What one place leads to under several conditions is told together: a transition that now hangs on a
 * boolean is neither lost nor new.
 */
export const transitionItems = (
  pair: Pair,
  changes: readonly TransitionChange[],
): readonly TransitionItem[] => {
  const places = new Map<string, TransitionChange[]>()
  for (const change of changes) {
    const { source, target, class: objectClass, name } = change
    const key = JSON.stringify([source, target, objectClass, name])
    const known = places.get(key)
    if (known) known.push(change)
    else places.set(key, [change])
  }
  return [...places.values()].flatMap(all => itemsAt(pair, all))
}

const itemsAt = (pair: Pair, all: readonly TransitionChange[]): readonly TransitionItem[] => {
  const [first] = all
  if (!first) return []
  const [before, after] = [sideOf(all, 'before'), sideOf(all, 'after')]
  const item = (was?: readonly [number, State], is?: readonly [number, State]): TransitionItem => ({
    kind: 'transition',
    change: is === undefined ? 'lost' : was === undefined ? 'gained' : 'changed',
    source: pair.typeName(first.source),
    target: pair.typeName(first.target),
    class: pair.className(first.class),
    ...(first.name === undefined ? {} : { name: first.name }),
    ...(was === undefined ? {} : { before: leading(pair, was) }),
    ...(is === undefined ? {} : { after: leading(pair, is) }),
  })
  const both = before.flatMap(was => after.filter(([to]) => to === was[0]).map(is => [was, is] as const))
  const isPaired = ([to]: readonly [number, State]): boolean => both.some(([was]) => was[0] === to)
  const [lost, gained] = [before.filter(one => !isPaired(one)), after.filter(one => !isPaired(one))]
  return [
    // The same result under other conditions.
    ...both
      .filter(([was, is]) => meaningOf(pair, was[1]) !== meaningOf(pair, is[1]))
      .map(([was, is]) => item(was, is)),
    ...(lost.length === 1 && gained.length === 1
      ? [item(lost[0], gained[0])]
      : [...lost.map(one => item(one)), ...gained.map(one => item(undefined, one))]),
  ]
}

// What the changes at one place led to on one side, with the ways.
const sideOf = (
  all: readonly TransitionChange[],
  side: 'before' | 'after',
): readonly (readonly [to: number, state: State])[] => {
  const found = new Map<number, State>()
  for (const change of all) {
    const to = change[side]
    if (to === undefined) continue
    const { condition } = change
    const known = found.get(to) ?? { always: false, ids: [] }
    found.set(
      to,
      condition === undefined ? { ...known, always: true } : { ...known, ids: [...known.ids, condition] },
    )
  }
  return [...found]
}

const leading = (pair: Pair, [to, state]: readonly [number, State]): Leading => ({
  to: pair.typeName(to),
  ways: waysOf(pair, state),
})
