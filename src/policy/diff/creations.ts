import type { CreationItem, Names } from '../../model/policy-item.ts'
import { byCodePoint } from '../names.ts'
import type { Pair } from './pair.ts'
import type { TransitionChange } from './transition-change.ts'

interface Fold {
  readonly change: TransitionChange
  readonly sources: number[]
  readonly files: ReadonlySet<string>
}

/**
 * Transitions of what is created, alike ones folded: on real policies an attribute with hundreds of members has dozens of names
 * of files each. First the names of one creator, then the creators with the same names.
 */
export const foldCreations = (pair: Pair, changes: readonly TransitionChange[]): readonly CreationItem[] => {
  const bySource = new Map<string, { readonly change: TransitionChange; readonly files: Set<string> }>()
  for (const change of changes) {
    const key = `${change.source} ${placeOf(change)} ${change.name === undefined}`
    const known = bySource.get(key) ?? { change, files: new Set<string>() }
    bySource.set(key, known)
    if (change.name !== undefined) known.files.add(change.name)
  }
  const folds = new Map<string, Fold>()
  for (const { change, files } of bySource.values()) {
    const key = `${placeOf(change)} ${JSON.stringify([...files].toSorted(byCodePoint))}`
    const known = folds.get(key)
    if (known) known.sources.push(change.source)
    else folds.set(key, { change, sources: [change.source], files })
  }
  return [...folds.values()].map(fold => itemOf(pair, fold))
}

const placeOf = ({ change, target, class: objectClass, before, after }: TransitionChange): string =>
  `${change} ${target} ${objectClass} ${before ?? ''} ${after ?? ''}`

const itemOf = (pair: Pair, { change, sources, files }: Fold): CreationItem => {
  const { typeName, className } = pair
  const attribute = sources.length > 1 ? attributeOf(pair, change, sources) : undefined
  return {
    kind: 'creation',
    change: change.change,
    sources: {
      ...namesOf(sources.map(typeName)),
      ...(attribute === undefined ? {} : { attribute: typeName(attribute) }),
    },
    target: typeName(change.target),
    class: className(change.class),
    ...(change.before === undefined ? {} : { before: typeName(change.before) }),
    ...(change.after === undefined ? {} : { after: typeName(change.after) }),
    ...(files.size === 0 ? {} : { files: namesOf([...files]) }),
  }
}

const namesOf = (names: readonly string[]): Names => ({
  names: names.toSorted(byCodePoint),
  count: names.length,
})

// The attribute that has these members and no others.
const attributeOf = (
  { left, right }: Pair,
  { change }: TransitionChange,
  sources: readonly number[],
): number | undefined => {
  const { closure, members } = change === 'lost' ? left : right
  const wanted = new Set(sources)
  return Array.from(closure[sources[0] ?? 0] ?? []).find(
    one => members[one]?.length === wanted.size && members[one].every(id => wanted.has(id)),
  )
}
