import { randomFrom } from '../policy/mutations.ts'
import { ruleFrom, type Ends } from './shape.ts'
import { isRule, type Statement } from './statements.ts'

/**
 * So many edits at random places: rules that are gone, new, less or of another branch, transitions that are gone or lead elsewhere,
 * members that left or joined, booleans in another state, new types. The same seed, the same edits.
 */
export const edited = (
  statements: readonly Statement[],
  seed: number,
  count: number,
): readonly Statement[] => {
  const random = randomFrom(seed)
  const ends = {
    types: statements.flatMap(one => ('type' in one ? [one.type] : [])),
    attributes: statements.flatMap(one => ('attribute' in one ? [one.attribute] : [])),
  }
  const changed = [...statements]
  for (let left = count; left > 0;) {
    const at = random(changed.length)
    const one = changed[at]
    const now = one && editOf(one, random, ends)
    if (!now) continue
    changed.splice(at, 1, ...now)
    left -= 1
  }
  return changed
}

const editOf = (
  one: Statement,
  random: (below: number) => number,
  ends: Ends,
): readonly Statement[] | undefined => {
  const anyType = (): string => ends.types[random(ends.types.length)] ?? ''
  if ('type' in one) {
    const name = `new${random(1_000_000)}_t`
    return [one, { type: name }, { ...ruleFrom(random, ends, 'allow'), source: name }]
  }
  if ('attribute' in one) {
    const leaver = random(one.members.length)
    return random(2) === 0
      ? [{ ...one, members: one.members.filter((_, index) => index !== leaver) }]
      : [{ ...one, members: [...one.members, anyType()] }]
  }
  if ('boolean' in one) return [{ ...one, state: !one.state }]
  if ('role' in one || 'constrained' in one) return undefined
  if (!isRule(one)) return random(3) === 0 ? [{ ...one, to: anyType() }] : []
  switch (random(4)) {
    case 0:
      return []
    case 1:
      return [one, { ...ruleFrom(random, ends, one.rule), ...(one.when ? { when: one.when } : {}) }]
    case 2:
      return one.when ? [{ ...one, when: { ...one.when, branch: !one.when.branch } }] : []
    default:
      return one.permissions.length > 1 ? [{ ...one, permissions: one.permissions.slice(1) }] : undefined
  }
}
