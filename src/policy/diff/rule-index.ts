import { ruleBits } from '../policy.ts'
import type { Pair, Side } from './pair.ts'

/** The rule kinds whose permissions are compared. */
export const vectorKinds = ['allow', 'auditallow', 'dontaudit'] as const
export type VectorKind = (typeof vectorKinds)[number]

/** Where a rule stands, in ids. */
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

/** The access vector rules of one side by their place; each place has a slot. */
export interface RuleIndex {
  readonly at: (kind: VectorKind, source: number, target: number, objectClass: number) => Given | undefined
  /** Four words a slot, so that a look costs one cache line: source (0 is free), target, 4 × class + kind, permissions. */
  readonly table: Uint32Array
  /** Permissions under conditions, by slot. */
  readonly ifs: ReadonlyMap<number, ReadonlyMap<number, number>>
  readonly slots: number
  readonly placeAt: (slot: number) => Place
  /** The slot of a place of another index, or −1. */
  readonly slotLike: (other: RuleIndex, slot: number) => number
}

// By a rule’s bits.
const kindNumbers = Int8Array.from({ length: 0x800 }, (_, bits) =>
  vectorKinds.findIndex(kind => ruleBits[kind] === bits),
)
const numberOf = { allow: 0, auditallow: 1, dontaudit: 2 } as const satisfies Record<VectorKind, number>

export const noIfs: ReadonlyMap<number, number> = new Map()

/** Builds the index: open addressing over typed arrays, since there are 400,000 rules in a large policy. */
export const indexRules = ({ isSharedClass }: Pair, side: Side): RuleIndex => {
  const { rules } = side.policy
  const slots = 2 ** Math.ceil(Math.log2(rules.count * 2 + 16))
  const table = new Uint32Array(slots * 4)
  const ifs = new Map<number, Map<number, number>>()
  const slotOf = (source: number, target: number, kind: number): number => {
    let slot = hash(source, target, kind) & (slots - 1)
    for (;;) {
      const at = slot * 4
      const here = table[at]
      if (here === 0 || (here === source && table[at + 1] === target && table[at + 2] === kind)) return slot
      slot = (slot + 1) & (slots - 1)
    }
  }
  for (let rule = 0; rule < rules.count; rule += 1) {
    const kind = kindNumbers[rules.kind[rule] ?? 0] ?? -1
    const classValue = rules.class[rule] ?? 0
    const objectClass = side.classId[classValue] ?? 0
    if (kind < 0 || isSharedClass[objectClass] !== 1) continue
    const vector = side.sharedVector(classValue, rules.datum[rule] ?? 0)
    if (vector === 0) continue
    const source = side.typeId[rules.source[rule] ?? 0] ?? 0
    const target = side.typeId[rules.target[rule] ?? 0] ?? 0
    const slot = slotOf(source, target, objectClass * 4 + kind)
    table[slot * 4] = source
    table[slot * 4 + 1] = target
    table[slot * 4 + 2] = objectClass * 4 + kind
    const condition = rules.condition[rule] ?? -1
    if (condition < 0) table[slot * 4 + 3] = ((table[slot * 4 + 3] ?? 0) | vector) >>> 0
    else {
      const id = side.conditionId[condition] ?? 0
      const here = ifs.get(slot) ?? new Map<number, number>()
      here.set(id, ((here.get(id) ?? 0) | vector) >>> 0)
      ifs.set(slot, here)
    }
  }
  return {
    at: (kind, source, target, objectClass) => {
      const slot = slotOf(source, target, objectClass * 4 + numberOf[kind])
      return table[slot * 4] === 0
        ? undefined
        : { always: table[slot * 4 + 3] ?? 0, ifs: ifs.get(slot) ?? noIfs }
    },
    table,
    ifs,
    slots,
    placeAt: slot => {
      const kind = table[slot * 4 + 2] ?? 0
      return {
        kind: vectorKinds[kind % 4] ?? 'allow',
        source: table[slot * 4] ?? 0,
        target: table[slot * 4 + 1] ?? 0,
        class: Math.floor(kind / 4),
      }
    },
    slotLike: (other, slot) => {
      const at = slot * 4
      const found = slotOf(other.table[at] ?? 0, other.table[at + 1] ?? 0, other.table[at + 2] ?? 0)
      return table[found * 4] === 0 ? -1 : found
    },
  }
}

const hash = (source: number, target: number, kind: number): number => {
  let mixed = Math.imul(source, 0x9e3779b1) ^ Math.imul(target, 0x85ebca6b) ^ Math.imul(kind, 0xc2b2ae35)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  return mixed ^ (mixed >>> 16)
}

/** Whether both give the same. */
export const isSame = (left: Given | undefined, right: Given | undefined): boolean =>
  (left?.always ?? 0) === (right?.always ?? 0) && isSameIfs(left?.ifs ?? noIfs, right?.ifs ?? noIfs)

/** Whether both give the same under the same conditions. */
export const isSameIfs = (left: Given['ifs'], right: Given['ifs']): boolean =>
  left === right || (left.size === right.size && [...left].every(([id, vector]) => right.get(id) === vector))
