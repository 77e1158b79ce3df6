import type { Context, Level, Range } from '../policy.ts'
import { readValues } from './bitmap.ts'
import type { Cursor } from './cursor.ts'

/** `u32 sensitivity`, then the bitmap of categories. */
export const readLevel = (from: Cursor): Level => ({ sensitivity: from.u32(), categories: readValues(from) })

/** `u32 1 or 2`, that many sensitivities, then as many bitmaps; with one, high is low. */
export const readRange = (from: Cursor): Range => {
  const levels = from.u32()
  if (levels !== 1 && levels !== 2) from.fail(`a range of ${levels} levels`)
  const low = from.u32()
  const high = levels === 2 ? from.u32() : low
  const lowCategories = readValues(from)
  const highCategories = levels === 2 ? readValues(from) : lowCategories
  return {
    low: { sensitivity: low, categories: lowCategories },
    high: { sensitivity: high, categories: highCategories },
  }
}

/** `u32 user, role, type`, then the range; the range is there without MLS too. */
export const readContext = (from: Cursor): Context => ({
  user: from.u32(),
  role: from.u32(),
  type: from.u32(),
  range: readRange(from),
})
