import type { Named, Table } from '../policy.ts'
import type { Cursor } from './cursor.ts'

/** One record of a symbol table: a symbol, or another name for the one with its value. */
export type TableRecord<T> =
  { readonly symbol: T } | { readonly alias: { readonly name: string; readonly value: number } }

/**
 * Reads one of the eight symbol tables: `u32 highest value, u32 records`, then records in hash order, which means nothing.
 * @param size least bytes of a record
 */
export const readTable = <T extends Named>(
  from: Cursor,
  what: string,
  size: number,
  readOne: (highest: number) => TableRecord<T>,
): Table<T> => {
  const highest = from.u32()
  if (highest > 65_535) from.fail(`${highest} ${what}, more than there can be`)
  const count = from.count(size, what)
  const byValue = Array.from<T | undefined>({ length: highest + 1 })
  const byName = new Map<string, T>()
  const aliases: { readonly name: string; readonly value: number }[] = []
  for (let index = 0; index < count; index += 1) {
    const record = readOne(highest)
    if ('alias' in record) {
      aliases.push(record.alias)
      continue
    }
    const { symbol } = record
    if (symbol.value < 1 || symbol.value > highest)
      from.fail(`${what}: '${symbol.name}' has the value ${symbol.value} of ${highest}`)
    if (byValue[symbol.value]) from.fail(`${what}: two symbols have the value ${symbol.value}`)
    if (byName.has(symbol.name)) from.fail(`${what}: '${symbol.name}' twice`)
    byValue[symbol.value] = symbol
    byName.set(symbol.name, symbol)
  }
  for (const { name, value } of aliases) {
    const symbol = byValue[value]
    if (!symbol) from.fail(`${what}: '${name}' stands for the value ${value}, which nothing has`)
    if (byName.has(name)) from.fail(`${what}: '${name}' twice`)
    byName.set(name, symbol)
  }
  return { byValue, byName, aliases }
}
