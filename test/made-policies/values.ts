import type { Named, Table } from '../../src/policy/policy.ts'

/** The value of a symbol that a statement names. */
export const valueIn = (table: Table<Named>, name: string): number => {
  const value = table.byName.get(name)?.value
  if (value === undefined) throw new Error(`a statement names ${name}, which is not there`)
  return value
}

/** Each once, as bitmaps have them. */
export const ascending = (values: Iterable<number>): Uint16Array =>
  Uint16Array.from(new Set(values)).toSorted()
