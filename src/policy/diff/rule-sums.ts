import type { RuleItem } from '../../model/policy-item.ts'
import { byCodePoint, permissionsIn } from '../names.ts'
import { directions, type Cause } from './causes.ts'
import type { Changed, Compared } from './permissions.ts'
import { meaningOf, never, stateOf, waysOf, type State } from './ways.ts'

type RuleCause = Exclude<Cause, { readonly cause: 'membership' }>

interface RuleSum {
  readonly cause: RuleCause
  readonly change: RuleItem['change']
  readonly sources: number
  readonly before: State
  readonly after: State
  /** By domain (its id): the permissions that matter to it, and how it has them by all rules together. */
  readonly domains: Map<number, { readonly bits: number; readonly together: Together | undefined | 'mixed' }>
}

interface Together {
  readonly before: State
  readonly after: State
  readonly key: string
}

/**
 * Changes of rules, added up over the domains that they matter to. Each permission is told with its own before and after, and each
 * condition of a new or lost permission on its own: what is never the case at once is not one sentence.
 */
export class RuleSums {
  readonly #compared: Compared
  readonly #sums = new Map<string, RuleSum>()

  constructor(compared: Compared) {
    this.#compared = compared
  }

  add(direction: 'lost' | 'gained', changed: Changed, cause: RuleCause, bits: number): void {
    const { left, right } = this.#compared
    const [before, after] = [left, right].map(rules =>
      rules.at('allow', cause.source, cause.target, cause.class),
    )
    for (const bit of bitsIn(bits)) {
      const [was, is] = [stateOf(before, bit), stateOf(after, bit)]
      const together = this.#together(changed, was, is, bit)
      for (const one of changesBetween(direction, was, is))
        this.#sum(direction, changed, cause, one, bit, together)
    }
  }

  #sum(
    direction: 'lost' | 'gained',
    changed: Changed,
    cause: RuleCause,
    { change, before, after }: Pick<RuleSum, 'change' | 'before' | 'after'>,
    bit: number,
    together: Together | undefined,
  ): void {
    const key = [change, cause.source, cause.target, cause.class, keyOf(before), keyOf(after)].join(' ')
    const { members } = directions(this.#compared)[direction].from
    const sum = this.#sums.get(key) ?? {
      cause,
      change,
      before,
      after,
      sources: members[cause.source]?.length ?? 0,
      domains: new Map<
        number,
        { readonly bits: number; readonly together: Together | undefined | 'mixed' }
      >(),
    }
    this.#sums.set(key, sum)
    const known = sum.domains.get(changed.source)
    const isAlike =
      known === undefined || (known.together !== 'mixed' && known.together?.key === together?.key)
    sum.domains.set(changed.source, {
      bits: ((known?.bits ?? 0) | bit) >>> 0,
      together: isAlike ? together : 'mixed',
    })
  }

  // What all rules together give, where this one is not the whole story.
  #together({ left, right }: Changed, was: State, is: State, bit: number): Together | undefined {
    const { pair } = this.#compared
    const [before, after] = [stateOf(left, bit), stateOf(right, bit)]
    const isWhole =
      meaningOf(pair, before) === meaningOf(pair, was) && meaningOf(pair, after) === meaningOf(pair, is)
    return isWhole ? undefined : { before, after, key: `${keyOf(before)} ${keyOf(after)}` }
  }

  /** The rules in names, the most telling first. */
  done(): readonly RuleItem[] {
    return onThemselves([...this.#sums.values()].flatMap(sum => this.#items(sum)))
  }

  // A sentence for the domains with the same permissions.
  #items({ cause, change, sources, before, after, domains }: RuleSum): readonly RuleItem[] {
    const { pair } = this.#compared
    const { typeName, className, left } = pair
    const groups = new Map<string, { bits: number; together: Together | undefined; ids: number[] }>()
    for (const [id, { bits, together }] of domains) {
      const whole = together === 'mixed' ? undefined : together
      const key = `${bits} ${whole?.key ?? ''}`
      const group = groups.get(key)
      if (group) group.ids.push(id)
      else groups.set(key, { bits, together: whole, ids: [id] })
    }
    return [...groups.values()].map(({ bits, together, ids }): RuleItem => {
      const names = ids.map(typeName).toSorted(byCodePoint)
      return {
        kind: 'rule',
        change,
        source: typeName(cause.source),
        target: typeName(cause.target),
        class: className(cause.class),
        permissions: permissionsIn(left.policy.classes.byValue[cause.class]?.permissions ?? [], bits),
        before: waysOf(pair, before),
        after: waysOf(pair, after),
        ...(together
          ? { together: { before: waysOf(pair, together.before), after: waysOf(pair, together.after) } }
          : {}),
        domains: { names, count: names.length },
        sources,
      }
    })
  }
}

const keyOf = ({ always, ids }: State): string => (always ? 'always' : ids.join(','))

const bitsIn = (vector: number): readonly number[] => {
  const bits: number[] = []
  for (let place = 0; place < 32; place += 1)
    if (((vector >>> place) & 1) === 1) bits.push((1 << place) >>> 0)
  return bits
}

const changesBetween = (
  direction: 'lost' | 'gained',
  was: State,
  is: State,
): readonly Pick<RuleSum, 'change' | 'before' | 'after'>[] => {
  const isOnBoth = [was, is].every(({ always, ids }) => always || ids.length > 0)
  if (isOnBoth) return [{ change: 'condition', before: was, after: is }]
  return direction === 'lost'
    ? eachWay(was).map(before => ({ change: 'removed', before, after: never }))
    : eachWay(is).map(after => ({ change: 'added', before: never, after }))
}

const eachWay = (state: State): readonly State[] =>
  state.always ? [state] : state.ids.map(id => ({ always: false, ids: [id] }))

// Rules of several types, each on itself, are one rule on `self` that the compiler wrote out.
const onThemselves = (rules: readonly RuleItem[]): readonly RuleItem[] => {
  const groups = new Map<string, RuleItem>()
  for (const one of rules) {
    const { change, permissions, before, after, together } = one
    const isSelf = one.source === one.target
    const key = isSelf
      ? JSON.stringify([one.class, change, permissions, before, after, together])
      : `${groups.size}`
    const known = groups.get(key)
    if (!known) groups.set(key, one)
    else {
      const names = [...known.domains.names, ...one.domains.names].toSorted(byCodePoint)
      groups.set(key, {
        ...known,
        target: 'self',
        domains: { names, count: names.length },
        sources: known.sources + 1,
      })
    }
  }
  return [...groups.values()]
}
