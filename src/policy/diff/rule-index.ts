import { ruleBits } from '../policy.ts'
import type { Pair, Side } from './pair.ts'

/** The rule kinds whose permissions are compared. */
export const vectorKinds = ['allow', 'auditallow', 'dontaudit'] as const
export type VectorKind = (typeof vectorKinds)[number]

/** Where a rule stands, in ids; as a number it is a key. */
export interface Place {
  readonly kind: VectorKind
  readonly source: number
  readonly target: number
  readonly class: number
}

/** What rules give: always, and under conditions (by condition id) beyond that. */
export interface Given {
  readonly always: number
  readonly ifs: ReadonlyMap<number, number>
}

/** The access vector rules of one side by their place. */
export interface RuleIndex {
  readonly at: (key: number) => Given | undefined
  readonly keys: () => Iterable<number>
}

// 52 bits of 53: kind 2, class 16, target and source 17 each.
export const keyOf = (kind: number, source: number, target: number, objectClass: number): number =>
  ((source * 0x2_0000 + target) * 0x1_0000 + objectClass) * 4 + kind

export const placeOf = (key: number): Place => {
  const objectClass = Math.floor(key / 4) % 0x1_0000
  const ends = Math.floor(key / 0x4_0000)
  return {
    kind: vectorKinds[key % 4] ?? 'allow',
    class: objectClass,
    target: ends % 0x2_0000,
    source: Math.floor(ends / 0x2_0000),
  }
}

const kindNumber = new Map<number, number>(vectorKinds.map((kind, index) => [ruleBits[kind], index]))

/** Builds the index: open addressing over typed arrays, since there are 400,000 rules in a large policy. */
export const indexRules = ({ isSharedClass }: Pair, side: Side): RuleIndex => {
  const { rules } = side.policy
  const size = 2 ** Math.ceil(Math.log2(rules.count * 2 + 16))
  const keys = new Float64Array(size).fill(-1)
  const always = new Uint32Array(size)
  const ifs = new Map<number, Map<number, number>>()
  const slotOf = (key: number): number => {
    let slot = hash(key) & (size - 1)
    while (keys[slot] !== -1 && keys[slot] !== key) slot = (slot + 1) & (size - 1)
    return slot
  }
  for (let rule = 0; rule < rules.count; rule += 1) {
    const kind = kindNumber.get(rules.kind[rule] ?? 0)
    const classValue = rules.class[rule] ?? 0
    const objectClass = side.classId[classValue] ?? 0
    if (kind === undefined || isSharedClass[objectClass] !== 1) continue
    const vector = side.sharedVector(classValue, rules.datum[rule] ?? 0)
    if (vector === 0) continue
    const key = keyOf(
      kind,
      side.typeId[rules.source[rule] ?? 0] ?? 0,
      side.typeId[rules.target[rule] ?? 0] ?? 0,
      objectClass,
    )
    const slot = slotOf(key)
    keys[slot] = key
    const condition = rules.condition[rule] ?? -1
    if (condition < 0) always[slot] = ((always[slot] ?? 0) | vector) >>> 0
    else {
      const id = side.conditionId[condition] ?? 0
      const here = ifs.get(key) ?? new Map<number, number>()
      here.set(id, ((here.get(id) ?? 0) | vector) >>> 0)
      ifs.set(key, here)
    }
  }
  return {
    at: key => {
      const slot = slotOf(key)
      return keys[slot] === key ? { always: always[slot] ?? 0, ifs: ifs.get(key) ?? noIfs } : undefined
    },
    *keys() {
      for (let slot = 0; slot < size; slot += 1) {
        const key = keys[slot] ?? -1
        if (key !== -1) yield key
      }
    },
  }
}

export const noIfs: ReadonlyMap<number, number> = new Map()

// Both halves of the key, mixed (murmur3's finalizer)
const hash = (key: number): number => {
  let mixed = (key % 0x1_0000_0000) ^ Math.imul(Math.floor(key / 0x1_0000_0000), 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** Whether both give the same. */
export const isSame = (left: Given | undefined, right: Given | undefined): boolean => {
  if ((left?.always ?? 0) !== (right?.always ?? 0)) return false
  const [a, b] = [left?.ifs ?? noIfs, right?.ifs ?? noIfs]
  return a.size === b.size && [...a].every(([id, vector]) => b.get(id) === vector)
}
