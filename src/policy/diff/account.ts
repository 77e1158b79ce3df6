import type { LoggingItem, PolicyItem } from '../../model/policy-item.ts'
import { byCodePoint } from '../names.ts'
import { causesOf, directions, transitionCause, type Cause } from './causes.ts'
import { foldCreations } from './creations.ts'
import { MembershipSums } from './membership-sums.ts'
import { changesOf, type Changed, type Compared } from './permissions.ts'
import type { Given } from './rule-index.ts'
import { RuleSums } from './rule-sums.ts'
import type { TransitionChange } from './transition-change.ts'
import type { TransitionsCompared } from './transitions.ts'
import { transitionItems } from './transition-items.ts'
import { bitsThatDiffer } from './ways.ts'

/** Adds up the changes of the domains that are looked at, under their causes. */
export class Account {
  readonly #compared: Compared
  readonly #transitions: TransitionsCompared
  readonly #single: TransitionChange[] = []
  readonly #created: TransitionChange[] = []
  readonly #memberships: MembershipSums
  readonly #rules: RuleSums
  readonly #domains = new Set<number>()
  readonly #logging = { auditallow: 0, dontaudit: 0 }

  constructor(compared: Compared, transitions: TransitionsCompared) {
    this.#compared = compared
    this.#transitions = transitions
    this.#memberships = new MembershipSums(compared.pair)
    this.#rules = new RuleSums(compared)
  }

  addTransition(change: TransitionChange): void {
    const { pair } = this.#compared
    this.#domains.add(change.source)
    const attribute = transitionCause(pair, this.#transitions, change)
    if (attribute !== undefined && this.#memberships.addTransition(change, attribute)) return
    const isProcess = pair.className(change.class) === 'process'
    ;(isProcess || change.condition !== undefined ? this.#single : this.#created).push(change)
  }

  addPermissions(source: number): void {
    const { pair } = this.#compared
    for (const changed of changesOf(this.#compared, source)) {
      const differing = bitsThatDiffer(pair, changed.left, changed.right)
      if (differing === 0) continue
      this.#domains.add(source)
      if (changed.kind !== 'allow') {
        this.#logging[changed.kind] += 1
        continue
      }
      this.#add('lost', changed, (onlyIn(changed.left, changed.right) & differing) >>> 0)
      this.#add('gained', changed, (onlyIn(changed.right, changed.left) & differing) >>> 0)
    }
  }

  #add(direction: 'lost' | 'gained', changed: Changed, bits: number): void {
    if (bits === 0) return
    const causes = causesOf(directions(this.#compared)[direction], changed, bits)
    for (const { cause, bits: caused } of merged(causes)) {
      if (cause.cause === 'membership') {
        const change = direction === 'lost' ? 'left' : 'joined'
        this.#memberships.addPermissions({ change, ...cause }, changed, caused)
      } else this.#rules.add(direction, changed, cause, caused)
    }
  }

  done(): { readonly domains: readonly string[]; readonly items: readonly PolicyItem[] } {
    const { pair } = this.#compared
    return {
      domains: Array.from(this.#domains, pair.typeName).toSorted(byCodePoint),
      items: [
        ...transitionItems(pair, this.#single),
        ...foldCreations(pair, this.#created),
        ...this.#memberships.done(this.#domains),
        ...this.#rules.done(),
        ...(['dontaudit', 'auditallow'] as const).flatMap((rule): readonly LoggingItem[] =>
          this.#logging[rule] === 0 ? [] : [{ kind: 'logging', rule, count: this.#logging[rule] }],
        ),
      ],
    }
  }
}

// What one gives in any way and the other does not give in the same way or always.
const onlyIn = (one: Given, other: Given): number => {
  let bits = (one.always & ~other.always) >>> 0
  for (const [id, vector] of one.ifs)
    bits = (bits | (vector & ~(other.always | (other.ifs.get(id) ?? 0)))) >>> 0
  return bits
}

const merged = (causes: ReturnType<typeof causesOf>): ReturnType<typeof causesOf> => {
  const byCause = new Map<string, { readonly cause: Cause; bits: number }>()
  for (const { cause, bits } of causes) {
    const key = JSON.stringify(cause)
    const known = byCause.get(key)
    if (known) known.bits = (known.bits | bits) >>> 0
    else byCause.set(key, { cause, bits })
  }
  return [...byCause.values()]
}
