import type { Level, Named, PermissionNames, Policy, Range, Table } from './policy.ts'

/** The name of a symbol; a value that nothing has prints as itself. */
export const nameIn = (table: Table<Named>, value: number): string =>
  table.byValue[value]?.name ?? `?${value}`

/** By code point, as setools sorts. */
export const byCodePoint = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** The names of a vector’s permissions, sorted. */
export const permissionsIn = (names: PermissionNames, vector: number): string[] =>
  names
    .filter((name, bit): name is string => name !== undefined && ((vector >>> bit) & 1) === 1)
    .toSorted(byCodePoint)

/** One name, or several in braces. */
export const braced = (names: readonly string[]): string =>
  names.length === 1 ? (names[0] ?? '') : `{ ${names.join(' ')} }`

/** `s0:c0.c3,c7` */
export const levelText = (policy: Policy, { sensitivity, categories }: Level): string => {
  const name = nameIn(policy.sensitivities, sensitivity)
  if (categories.length === 0) return name
  const runs: { readonly first: number; last: number }[] = []
  for (const value of categories) {
    const run = runs.at(-1)
    if (run && run.last === value - 1) run.last = value
    else runs.push({ first: value, last: value })
  }
  const category = (value: number): string => nameIn(policy.categories, value)
  return `${name}:${runs
    .map(({ first, last }) => (first === last ? category(first) : `${category(first)}.${category(last)}`))
    .join(',')}`
}

/** `s0 - s0:c0.c1023`, or one level when both are the same. */
export const rangeText = (policy: Policy, { low, high }: Range): string => {
  const [from, to] = [levelText(policy, low), levelText(policy, high)]
  return from === to ? from : `${from} - ${to}`
}
