import type { NameTransition, NameTransitions } from './policy.ts'

/** An entry as an object; its sources are a view of the columns. */
export const nameTransitionAt = (all: NameTransitions, index: number): NameTransition | undefined =>
  index < 0 || index >= all.count
    ? undefined
    : {
        name: all.names[all.name[index] ?? 0] ?? '',
        sources: all.sources.subarray(all.starts[index], all.starts[index + 1]),
        target: all.target[index] ?? 0,
        class: all.class[index] ?? 0,
        default: all.default[index] ?? 0,
      }

/** Every entry, one after the other. */
export function* eachNameTransition(all: NameTransitions): Generator<NameTransition> {
  for (let index = 0; index < all.count; index += 1) {
    const one = nameTransitionAt(all, index)
    if (one) yield one
  }
}
