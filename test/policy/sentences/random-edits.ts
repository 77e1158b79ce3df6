import { ruleBits, type Policy, type Rules } from '../../../src/policy/policy.ts'
import type { Random } from './random-policy.ts'

const writable = (rules: Rules) => ({
  ...rules,
  source: rules.source.slice(),
  target: rules.target.slice(),
  datum: rules.datum.slice(),
  condition: rules.condition.slice(),
})

/** A policy as it was read, with so many things edited: permissions, conditions, ends of rules, members, transitions, booleans. */
export const withEdits = (policy: Policy, random: Random, edits: number): Policy => {
  const rules = writable(policy.rules)
  const [attributesOf, membersOf] = [[...policy.attributesOf], [...policy.membersOf]]
  const booleans = new Map<number, boolean>()
  const ruleOf = (bits: number): number => {
    for (;;) {
      const rule = random(rules.count)
      if (rules.kind[rule] === bits) return rule
    }
  }
  const types = policy.types.byValue.flatMap(one => (one && !one.isAttribute ? [one.value] : []))
  const attributes = policy.types.byValue.flatMap(one =>
    one?.isAttribute && (policy.membersOf[one.value]?.length ?? 0) > 1 ? [one.value] : [],
  )
  const type = (): number => types[random(types.length)] ?? 1
  for (let left = edits; left > 0; left -= 1)
    switch (random(6)) {
      case 0: {
        const rule = ruleOf(ruleBits.allow)
        const named = policy.classes.byValue[rules.class[rule] ?? 0]?.permissions ?? []
        const bits = named.flatMap((name, bit) => (name === undefined ? [] : [(1 << bit) >>> 0]))
        const bit = bits[random(bits.length)] ?? 1
        rules.datum[rule] = ((rules.datum[rule] ?? 0) ^ bit) >>> 0
        break
      }
      case 1: {
        const rule = ruleOf(ruleBits.allow)
        const isConditional = (rules.condition[rule] ?? -1) >= 0
        rules.condition[rule] = isConditional ? -1 : random(policy.conditions.length * 2)
        break
      }
      case 2: {
        const rule = ruleOf(ruleBits.allow)
        if (random(2) === 0) rules.source[rule] = type()
        else rules.target[rule] = type()
        break
      }
      case 3: {
        const [one, attribute] = [type(), attributes[random(attributes.length)] ?? 0]
        const isIn = membersOf[attribute]?.includes(one) ?? false
        const toggled = (values: Uint16Array | undefined, value: number): Uint16Array =>
          Uint16Array.from(
            isIn ? [...(values ?? [])].filter(each => each !== value) : [...(values ?? []), value],
          ).toSorted()
        membersOf[attribute] = toggled(membersOf[attribute], one)
        attributesOf[one] = toggled(attributesOf[one], attribute)
        break
      }
      case 4:
        rules.datum[ruleOf(ruleBits.type_transition)] = type()
        break
      default: {
        const value = 1 + random(policy.booleans.byValue.length - 1)
        booleans.set(value, !(policy.booleans.byValue[value]?.state ?? false))
      }
    }
  const byValue = policy.booleans.byValue.map(
    one => one && { ...one, state: booleans.get(one.value) ?? one.state },
  )
  return {
    ...policy,
    rules,
    attributesOf,
    membersOf,
    booleans: {
      ...policy.booleans,
      byValue,
      byName: new Map(byValue.flatMap(one => (one ? [[one.name, one] as const] : []))),
    },
  }
}
