import type { MembershipItem, PermissionSum, Telling } from '../../model/policy-item.ts'
import { byCodePoint, permissionsIn } from '../names.ts'
import { bitCount } from '../read/bitmap.ts'
import type { Pair } from './pair.ts'
import type { Changed } from './permissions.ts'
import type { Given } from './rule-index.ts'
import { mostTelling } from './telling.ts'
import type { TransitionChange } from './transition-change.ts'

interface Sum {
  permissions: number
  pairs: number
  conditional: number
  unbound: number
  among: readonly Telling[]
}

interface MembershipSum {
  readonly change: MembershipItem['change']
  readonly type: number
  readonly attribute: number
  readonly transitions: { readonly target: number; readonly to: number }[]
  processes: number
  creations: number
  readonly own: Sum
  readonly others: Sum
  readonly domains: Set<number>
}

/** Transitions that are named of one membership; Fedora’s initrc_domain brings five hundred. */
const mostTransitions = 1000

/** What the types that left or joined an attribute lost or gained by that, and what others did with regard to them. */
export class MembershipSums {
  readonly #pair: Pair
  readonly #sums = new Map<string, MembershipSum>()

  constructor(pair: Pair) {
    this.#pair = pair
    for (const one of membershipsOf(pair))
      this.#sums.set(keyOf(one), {
        ...one,
        transitions: [],
        processes: 0,
        creations: 0,
        own: emptySum(),
        others: emptySum(),
        domains: new Set(),
      })
  }

  /** Whether the transition came or went with this membership, which then tells of it. */
  addTransition(change: TransitionChange, attribute: number): boolean {
    const sum = this.#sums.get(
      keyOf({ change: change.change === 'lost' ? 'left' : 'joined', type: change.source, attribute }),
    )
    const to = change.before ?? change.after
    if (!sum || to === undefined) return false
    if (this.#pair.className(change.class) === 'process') {
      sum.processes += 1
      if (sum.transitions.length < mostTransitions) sum.transitions.push({ target: change.target, to })
    } else sum.creations += 1
    return true
  }

  /** Adds permissions of a source that a membership, its own or its target’s, gave or took. */
  addPermissions(
    one: Pick<MembershipSum, 'change' | 'type' | 'attribute'>,
    changed: Changed,
    bits: number,
  ): void {
    const sum = this.#sums.get(keyOf(one))
    if (!sum) return
    const isOwn = one.type === changed.source
    const [had, has] = one.change === 'joined' ? [changed.left, changed.right] : [changed.right, changed.left]
    const whole = (bits & has.always & ~(had.always | anyIf(had))) >>> 0
    const unbound = (bits & has.always & anyIf(had)) >>> 0
    const into = isOwn ? sum.own : sum.others
    into.permissions += bitCount(whole)
    into.pairs += whole === 0 ? 0 : 1
    into.unbound += bitCount(unbound)
    into.conditional += bitCount((bits & ~whole & ~unbound) >>> 0)
    const type = this.#pair.typeName(one.type)
    into.among = mostTelling([...into.among, ...this.#each(changed, whole, isOwn)], type)
    if (!isOwn) sum.domains.add(changed.source)
  }

  #each({ source, target, class: objectClass }: Changed, bits: number, isOwn: boolean): readonly Telling[] {
    const { typeName, className, left } = this.#pair
    const names = left.policy.classes.byValue[objectClass]?.permissions ?? []
    const place = {
      target: typeName(target),
      class: className(objectClass),
      ...(isOwn ? {} : { source: typeName(source) }),
    }
    return permissionsIn(names, bits).map(permission => ({ permission, ...place }))
  }

  /** The memberships that did something; transitions to these domains (ids) are named first. */
  done(domains: ReadonlySet<number>): readonly MembershipItem[] {
    const { typeName } = this.#pair
    return [...this.#sums.values()].filter(isFelt).map((one): MembershipItem => {
      const names = Array.from(one.domains, typeName).toSorted(byCodePoint)
      return {
        kind: 'membership',
        change: one.change,
        type: typeName(one.type),
        attribute: typeName(one.attribute),
        transitions: one.transitions
          .toSorted((a, b) => Number(domains.has(b.to)) - Number(domains.has(a.to)))
          .map(({ target, to }) => ({ target: typeName(target), to: typeName(to) })),
        processes: one.processes,
        creations: one.creations,
        own: one.own,
        others: { ...one.others, domains: { names, count: names.length } },
      }
    })
  }
}

const emptySum = (): Sum => ({ permissions: 0, pairs: 0, conditional: 0, unbound: 0, among: [] })

const keyOf = ({ change, type, attribute }: Pick<MembershipSum, 'change' | 'type' | 'attribute'>): string =>
  `${change} ${type} ${attribute}`

const isFelt = ({ processes, creations, own, others }: MembershipSum): boolean =>
  processes + creations + sumOf(own) + sumOf(others) > 0

/** How many permissions in all. */
export const sumOf = ({ permissions, conditional, unbound }: Omit<PermissionSum, 'among'>): number =>
  permissions + conditional + unbound

const anyIf = ({ ifs }: Given): number => {
  let bits = 0
  for (const [, vector] of ifs) bits = (bits | vector) >>> 0
  return bits
}

const membershipsOf = ({ left, right, isShared, types }: Pair) => {
  const found: Pick<MembershipSum, 'change' | 'type' | 'attribute'>[] = []
  for (let type = 1; type < types; type += 1) {
    if (isShared[type] !== 1) continue
    const [before, after] = [new Set(left.closure[type]), new Set(right.closure[type])]
    for (const attribute of before) if (!after.has(attribute)) found.push({ change: 'left', type, attribute })
    for (const attribute of after)
      if (!before.has(attribute)) found.push({ change: 'joined', type, attribute })
  }
  return found
}
