import type { RoleItem } from '../../model/policy-item.ts'
import { symbols } from '../info/counts.ts'
import { byCodePoint } from '../names.ts'
import type { Pair, Side } from './pair.ts'

/** Roles that came, went, or may have other types; a new one with a hundred types is one item. */
export const roleItems = (pair: Pair): readonly RoleItem[] => {
  const [before, after] = [typesByRole(pair.left), typesByRole(pair.right)]
  const gone = [...before].filter(([name]) => !after.has(name))
  return [
    ...gone.map(([name, types]): RoleItem => ({ kind: 'role', change: 'removed', name, types: types.size })),
    ...[...after].flatMap(([name, types]): readonly RoleItem[] => {
      const had = before.get(name)
      if (!had) return [{ kind: 'role', change: 'added', name, types: types.size }]
      const [lost, gained] = [onlyShared(pair, had, types), onlyShared(pair, types, had)]
      return lost.count + gained.count === 0 ? [] : [{ kind: 'role', change: 'changed', name, gained, lost }]
    }),
  ]
}

const typesByRole = ({ policy, typeId }: Side): ReadonlyMap<string, ReadonlySet<number>> =>
  new Map(
    symbols(policy.roles).map(({ name, types }) => [
      name,
      new Set(Array.from(types, value => typeId[value] ?? 0)),
    ]),
  )

// A new type’s roles are part of its coming.
const onlyShared = (
  { typeName, isShared }: Pair,
  one: ReadonlySet<number>,
  other: ReadonlySet<number>,
): { readonly names: readonly string[]; readonly count: number } => {
  const names = Array.from(one)
    .filter(id => isShared[id] === 1 && !other.has(id))
    .map(typeName)
    .toSorted(byCodePoint)
  return { names, count: names.length }
}
