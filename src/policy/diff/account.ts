import { byCodePoint, permissionsIn } from '../names.ts'
import { bitCount } from '../read/bitmap.ts'
import { causesOf, directions, transitionCause, type Cause, type Direction } from './causes.ts'
import type { Pair } from './pair.ts'
import { changesOf, type Changed, type Compared } from './permissions.ts'
import type { Given, RuleIndex } from './rule-index.ts'
import type { Membership, NamedTransition, PolicyDifference, RuleChange } from './shapes.ts'
import { mostTelling, type Telling } from './telling.ts'
import { namedTransition, type TransitionChange, type TransitionsCompared } from './transitions.ts'

type Sum = {
  -readonly [Key in 'transitions' | 'permissions' | 'pairs' | 'conditional' | 'among']: Membership[Key]
}

interface RuleSum {
  readonly cause: Exclude<Cause, { cause: 'membership' }>
  readonly change: RuleChange['change']
  readonly sources: number
  bits: number
  readonly domains: Set<string>
}

/** Adds up the changes of the domains that are looked at, under their causes. */
export class Account {
  readonly #pair: Pair
  readonly #transitions: TransitionsCompared
  readonly #lines: NamedTransition[] = []
  readonly #memberships = new Map<string, Sum & Pick<Membership, 'change' | 'type' | 'attribute'>>()
  readonly #rules = new Map<string, RuleSum>()
  readonly #domains = new Set<string>()
  readonly #logging = { auditallow: 0, dontaudit: 0 }
  readonly #compared: Compared

  constructor(compared: Compared, transitions: TransitionsCompared) {
    const { pair } = compared
    this.#compared = compared
    this.#pair = pair
    this.#transitions = transitions
    const { typeName } = pair
    for (const { type, attribute, change } of membershipsOf(pair))
      this.#memberships.set(`${change} ${type} ${attribute}`, {
        change,
        type: typeName(type),
        attribute: typeName(attribute),
        transitions: 0,
        permissions: 0,
        pairs: 0,
        conditional: 0,
        among: [],
      })
  }

  addTransition(change: TransitionChange): void {
    this.#domains.add(this.#pair.typeName(change.source))
    const attribute = transitionCause(this.#pair, this.#transitions, change)
    const membership =
      attribute === undefined
        ? undefined
        : this.#memberships.get(
            `${change.change === 'lost' ? 'left' : 'joined'} ${change.source} ${attribute}`,
          )
    if (membership) {
      membership.transitions += 1
      return
    }
    this.#lines.push(namedTransition(this.#pair, change))
  }

  addPermissions(source: number): void {
    const { lost, gained } = directions(this.#compared)
    for (const changed of changesOf(this.#compared, source)) {
      this.#domains.add(this.#pair.typeName(source))
      if (changed.kind !== 'allow') {
        this.#logging[changed.kind] += 1
        continue
      }
      this.#add(lost, changed, onlyIn(changed.left, changed.right), changed.left.always, lostWords)
      this.#add(gained, changed, onlyIn(changed.right, changed.left), changed.right.always, gainedWords)
    }
  }

  #add(
    direction: Direction,
    changed: Changed,
    bits: number,
    always: number,
    words: typeof lostWords | typeof gainedWords,
  ): void {
    if (bits === 0) return
    for (const { cause, bits: caused } of merged(causesOf(direction, changed, bits))) {
      if (cause.cause === 'membership') {
        const sum = this.#memberships.get(`${words.membership} ${cause.type} ${cause.attribute}`)
        if (!sum) continue
        sum.permissions += bitCount(caused & always)
        sum.conditional += bitCount(caused & ~always)
        sum.pairs += (caused & always) === 0 ? 0 : 1
        sum.among = mostTelling([...sum.among, ...this.#each(changed, (caused & always) >>> 0)], sum.type)
        continue
      }
      const change = words[cause.cause]
      const key = `${change} ${cause.source} ${cause.target} ${cause.class}`
      const sources = direction.from.members[cause.source]?.length ?? 0
      const rule = this.#rules.get(key) ?? { cause, change, sources, bits: 0, domains: new Set<string>() }
      rule.bits = (rule.bits | caused) >>> 0
      rule.domains.add(this.#pair.typeName(changed.source))
      this.#rules.set(key, rule)
    }
  }

  #each({ target, class: objectClass }: Changed, bits: number): readonly Telling[] {
    const { typeName, className, left } = this.#pair
    const names = left.policy.classes.byValue[objectClass]?.permissions ?? []
    const place = { target: typeName(target), class: className(objectClass) }
    return permissionsIn(names, bits).map(permission => ({ permission, ...place }))
  }

  done(): Pick<PolicyDifference, 'domains' | 'transitions' | 'memberships' | 'rules' | 'logging'> {
    return {
      domains: [...this.#domains].toSorted(byCodePoint),
      transitions: this.#lines.toSorted(byChange),
      memberships: [...this.#memberships.values()]
        .filter(one => one.transitions + one.permissions + one.conditional > 0)
        .toSorted((a, b) => b.transitions + b.permissions - a.transitions - a.permissions),
      rules: onThemselves([...this.#rules.values()].map(one => this.#named(one))).toSorted(
        (a, b) =>
          ruleOrder.indexOf(a.change) - ruleOrder.indexOf(b.change) ||
          byCodePoint(placeText(a), placeText(b)),
      ),
      logging: this.#logging,
    }
  }

  #named({ cause, change, sources, bits, domains }: RuleSum): RuleChange {
    const { typeName, className, left } = this.#pair
    return {
      change,
      source: typeName(cause.source),
      target: typeName(cause.target),
      class: className(cause.class),
      permissions: permissionsIn(left.policy.classes.byValue[cause.class]?.permissions ?? [], bits),
      domains: [...domains].toSorted(byCodePoint),
      sources,
      ...(change === 'condition' ? { when: this.#when(cause, bits) } : {}),
    }
  }

  #when(cause: { readonly source: number; readonly target: number; readonly class: number }, bits: number) {
    const at = (rules: RuleIndex): Given | undefined =>
      rules.at('allow', cause.source, cause.target, cause.class)
    const texts = (given: Given | undefined): readonly string[] =>
      given === undefined
        ? []
        : (given.always & bits) !== 0
          ? ['always']
          : [...given.ifs]
              .filter(([, vector]) => (vector & bits) !== 0)
              .map(([id]) => this.#pair.conditionText(id))
    return { before: texts(at(this.#compared.left)), after: texts(at(this.#compared.right)) }
  }
}

// Rules of several types, each on itself, are one rule on `self` that the compiler wrote out.
const onThemselves = (rules: readonly RuleChange[]): readonly RuleChange[] => {
  const groups = new Map<string, RuleChange>()
  for (const one of rules) {
    const isSelf = one.source === one.target
    const key = `${one.change} ${isSelf ? '' : placeText(one)} ${one.class} ${one.permissions.join(' ')}`
    const known = groups.get(key)
    groups.set(
      key,
      known
        ? {
            ...known,
            target: 'self',
            domains: [...known.domains, ...one.domains].toSorted(byCodePoint),
            sources: known.sources + 1,
          }
        : one,
    )
  }
  return [...groups.values()]
}

const lostWords = { membership: 'left', rule: 'removed', condition: 'condition' } as const
const gainedWords = { membership: 'joined', rule: 'added', condition: 'condition' } as const

const ruleOrder: readonly RuleChange['change'][] = ['removed', 'condition', 'added']
const transitionOrder: readonly TransitionChange['change'][] = ['lost', 'changed', 'gained']

const byChange = (a: NamedTransition, b: NamedTransition): number =>
  transitionOrder.indexOf(a.change) - transitionOrder.indexOf(b.change) ||
  Number(b.class === 'process') - Number(a.class === 'process') ||
  byCodePoint(`${placeText(a)} ${a.name ?? ''}`, `${placeText(b)} ${b.name ?? ''}`)

const placeText = (one: {
  readonly source: string
  readonly target: string
  readonly class: string
}): string => `${one.source} ${one.target}:${one.class}`

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

const membershipsOf = ({ left, right, isShared, types }: Pair) => {
  const found: {
    readonly change: Membership['change']
    readonly type: number
    readonly attribute: number
  }[] = []
  for (let type = 1; type < types; type += 1) {
    if (isShared[type] !== 1) continue
    const [before, after] = [Array.from(left.closure[type] ?? []), Array.from(right.closure[type] ?? [])]
    for (const attribute of before)
      if (!after.includes(attribute)) found.push({ change: 'left', type, attribute })
    for (const attribute of after)
      if (!before.includes(attribute)) found.push({ change: 'joined', type, attribute })
  }
  return found
}
