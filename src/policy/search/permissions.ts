import { ruleBits, type Policy, type Xperm } from '../policy.ts'
import { classesThatFit, type ClassCriterion } from './criterion.ts'
import { unknownName } from './unknown-name.ts'

/** Permissions by name: at least one of them, exactly these, or all of these and perhaps more. */
export interface PermissionCriterion {
  readonly names: readonly string[]
  readonly match: 'any' | 'equal' | 'subset'
}

/**
 * Whether a rule has the permissions. Type rules never do; a rule of extended permissions does when `ioctl` (or `nlmsg`)
 * is named, alone if the match is to be equal: so does sesearch.
 */
export const permissionMasks = (
  policy: Policy,
  { names, match }: PermissionCriterion,
  classes: ClassCriterion | undefined,
): ((kind: number, objectClass: number, xperm: Xperm['kind'] | undefined, datum: number) => boolean) => {
  mustBeKnown(policy, names, classes)
  const distinct = [...new Set(names)]
  const masks = policy.classes.byValue.map(one => maskOf(one?.permissions ?? [], distinct))
  return (kind, objectClass, xperm, datum) => {
    if ((kind & vectors) !== 0) {
      const mask = masks[objectClass]
      if (!mask) return false
      if (match === 'any') return (datum & mask.bits) !== 0
      if (!mask.hasAll) return false
      return match === 'equal' ? datum === mask.bits : (datum & mask.bits) >>> 0 === mask.bits
    }
    if (xperm === undefined || (kind & typeRules) !== 0) return false
    return (
      distinct.includes(xperm === 'nlmsg' ? 'nlmsg' : 'ioctl') && (match !== 'equal' || distinct.length === 1)
    )
  }
}

const vectors = ruleBits.allow | ruleBits.auditallow | ruleBits.dontaudit
const typeRules = ruleBits.type_transition | ruleBits.type_member | ruleBits.type_change

const maskOf = (permissions: readonly (string | undefined)[], names: readonly string[]) => {
  const bits = names.map(name => permissions.indexOf(name))
  return {
    bits: bits.reduce((mask, bit) => (bit < 0 ? mask : (mask | (1 << bit)) >>> 0), 0),
    hasAll: !bits.includes(-1),
  }
}

// Each name must be a permission of at least one of the classes in question.
const mustBeKnown = (policy: Policy, names: readonly string[], classes: ClassCriterion | undefined): void => {
  const inClasses = classes && 'names' in classes ? classesThatFit(policy, classes) : undefined
  const known = new Set(
    policy.classes.byValue
      .filter((_, value) => !inClasses || inClasses[value] === 1)
      .flatMap(one => one?.permissions.filter(name => name !== undefined) ?? []),
  )
  for (const name of names)
    if (!known.has(name))
      throw unknownName(inClasses ? 'permission of these classes' : 'permission', name, known)
}
