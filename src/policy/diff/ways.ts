import type { Way, When } from '../../model/policy-item.ts'
import type { ConditionMeant, Pair } from './pair.ts'
import type { Given } from './rule-index.ts'

/** How one permission is given: always, under some conditions (by id), or not at all. */
export interface State {
  readonly always: boolean
  readonly ids: readonly number[]
}

export const never: State = { always: false, ids: [] }

/** How a permission, by its bit, is given. */
export const stateOf = (given: Given | undefined, bit: number): State => {
  if (given === undefined) return never
  if ((given.always & bit) !== 0) return { always: true, ids: [] }
  const ids =
    given.ifs.size === 0 ? [] : [...given.ifs].flatMap(([id, bits]) => ((bits & bit) === 0 ? [] : [id]))
  return ids.length === 0 ? never : { always: false, ids: ids.toSorted((a, b) => a - b) }
}

/** Equal for states that come to the same, whatever the booleans: the two branches of one boolean are always. */
export const meaningOf = (pair: Pair, { always, ids }: State): string => {
  if (always) return 'always'
  if (ids.length === 0) return 'never'
  const meant = ids.map(id => pair.conditionAt(id))
  const names = [...new Set(meant.flatMap(one => one.names))].toSorted()
  if (names.length > mostNames || meant.some(one => one.table === undefined)) return ids.join(' ')
  return reduced(
    names,
    Array.from({ length: 2 ** names.length }, (_, row) => meant.some(one => holdsAt(one, names, row))),
  )
}

const mostNames = 8

const holdsAt = ({ names, table }: ConditionMeant, all: readonly string[], row: number): boolean => {
  let own = 0
  for (const [index, name] of names.entries()) if (((row >> all.indexOf(name)) & 1) === 1) own += 1 << index
  return table?.[own] === '1'
}

// Without the names on which it does not hang.
const reduced = (names: readonly string[], table: readonly boolean[]): string => {
  for (const [index, name] of names.entries()) {
    const bit = 1 << index
    if (!table.every((value, row) => value === table[row ^ bit])) continue
    const low = bit - 1
    return reduced(
      names.filter(one => one !== name),
      Array.from({ length: table.length / 2 }, (_, row) => table[((row & ~low) << 1) | (row & low)] === true),
    )
  }
  if (names.length === 0) return table[0] === true ? 'always' : 'never'
  return `${names.join(' ')} ${table.map(Number).join('')}`
}

/** The permissions, as bits, that two sides give in other ways; what comes to the same is none. */
export const bitsThatDiffer = (pair: Pair, left: Given | undefined, right: Given | undefined): number => {
  let bits = ((left?.always ?? 0) ^ (right?.always ?? 0)) >>> 0
  let conditional = 0
  for (const given of [left, right]) for (const [, vector] of given?.ifs ?? []) conditional |= vector
  for (let bit = 1, place = 0; place < 32; place += 1, bit = (bit << 1) >>> 0) {
    if ((conditional & bit) === 0) continue
    const isSame = meaningOf(pair, stateOf(left, bit)) === meaningOf(pair, stateOf(right, bit))
    bits = (isSame ? bits & ~bit : bits | bit) >>> 0
  }
  return bits
}

/** The ways as data; those that come to always are that. */
export const waysOf = (pair: Pair, state: State): readonly Way[] =>
  meaningOf(pair, state) === 'always' ? ['always'] : state.ids.map(id => whenOf(pair, id))

/** A condition as data, with its booleans as they stand. */
export const whenOf = (pair: Pair, id: number): When => {
  const { text, names } = pair.conditionAt(id)
  return whenWith(pair, text, names)
}

/** The same of a condition that has no id. */
export const whenWith = ({ left, right }: Pair, text: string, names: readonly string[]): When => ({
  text,
  booleans: names.map(name => {
    const [before, after] = [left, right].map(({ policy }) => policy.booleans.byName.get(name)?.state)
    return {
      name,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    }
  }),
})
