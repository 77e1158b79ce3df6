import { SefleetError } from '../../errors.ts'
import type { Denial, PolicyView } from '../../model/denial.ts'
import { constraintText } from '../info/constraints.ts'
import { nameIn } from '../names.ts'
import type { ObjectClass, Policy, PolicyNames } from '../policy.ts'
import { constraintHolds } from '../why/constraint.ts'
import { endOf, type End } from '../why/context-values.ts'
import { parseDenial } from '../why/denial-line.ts'
import { reachOf } from '../why/reach.ts'
import { explain, type Why } from '../why/why.ts'

/** What types and booleans decide: the dear part, the same for every pair of categories. */
export interface TypesVerdict {
  readonly attributes: readonly string[]
  readonly permissions: readonly (Pick<Why, 'permission' | 'verdict'> & {
    /** `NAME=on`, the fewest that would allow it. */
    readonly booleans: readonly string[]
    /** How many types these booleans give something. */
    readonly reach: number
    /** Constraints or numbers have a say, or roles: types alone do not decide. */
    readonly isOpen: boolean
    /** The constraint that forbids it whatever the ranges. */
    readonly constraint?: string
  })[]
}

type Access = Pick<Denial, 'source' | 'target' | 'class' | 'permissions'>

/**
 * What a policy says of an access by its types alone, with these states of booleans; undefined where it does not know the names, or
 * the access has none.
 */
export const verdictByTypes = (
  policy: Policy,
  { source, target, class: className, permissions }: Access,
  booleans: ReadonlyMap<string, boolean> = new Map(),
): TypesVerdict | undefined => {
  const objectClass = policy.classes.byName.get(className)
  const known = [source, target].every(name => policy.types.byName.get(name)?.isAttribute === false)
  const named = permissions.length > 0 && permissions.every(name => objectClass?.permissions.includes(name))
  if (!objectClass || !known || !named) return undefined
  const [from, to] = [endOf(policy, source), endOf(policy, target)]
  const states = (boolean: number): boolean => {
    const own = policy.booleans.byValue[boolean]
    return booleans.get(own?.name ?? '') ?? own?.state ?? false
  }
  return {
    attributes: [...(policy.attributesOf[from.type] ?? [])].map(value => nameIn(policy.types, value)),
    permissions: permissions.map(permission => {
      const why = explain(policy, { source: from, target: to, class: objectClass, permission }, states)
      const [smallest] = why.switches
        .map(one => ({ ...one, reach: reachOf(policy, one.booleans) }))
        .toSorted((a, b) => a.booleans.length - b.booleans.length || a.reach - b.reach)
      return {
        permission,
        verdict: why.verdict,
        booleans: (smallest?.booleans ?? []).map(({ name, state }) => `${name}=${state ? 'on' : 'off'}`),
        reach: smallest?.reach ?? 0,
        // Numbers of ioctls and messages are many in one denial, and told for one at most.
        ...constraintOf(why),
        isOpen:
          why.constraints.length > 0 || why.narrowedBy.length > 0 || isRoleChange(objectClass, permission),
      }
    }),
  }
}

const constraintOf = ({ constraints }: Why): { readonly constraint?: string } => {
  const broken = constraints.find(({ holds }) => holds === false)
  return broken ? { constraint: broken.text } : {}
}

const isRoleChange = ({ name }: ObjectClass, permission: string): boolean =>
  name === 'process' && (permission === 'transition' || permission === 'dyntransition')

/** The same with the contexts of the denial's record, where constraints hang on them. */
export const viewOf = (policy: PolicyNames, denial: Denial, byTypes: TypesVerdict): PolicyView => {
  const objectClass = policy.classes.byName.get(denial.class)
  const ends = endsOf(policy, denial)
  const denied: string[] = []
  const undecided: string[] = []
  const booleans = new Set<string>()
  let constraint: string | undefined
  let helpsAll = true
  let opens = 0
  for (const one of byTypes.permissions) {
    const { permission, verdict, isOpen, constraint: always } = one
    const open = isOpen && objectClass ? decide(policy, objectClass, permission, ends) : undefined
    if (verdict === 'missing' || verdict === 'role' || verdict === 'bounds' || verdict === 'xperm') {
      denied.push(permission)
      helpsAll = false
    } else if (verdict === 'constraint' || open?.forbids !== undefined) {
      denied.push(permission)
      constraint ??= open?.forbids ?? always ?? ''
      helpsAll = false
    } else if (verdict === 'boolean') {
      denied.push(permission)
      for (const name of one.booleans) booleans.add(name)
      opens = Math.max(opens, one.reach)
    } else if (isOpen && !(open?.allows === true && isAlike(denial))) undecided.push(permission)
  }
  return {
    attributes: byTypes.attributes,
    denied,
    // A boolean helps only where it helps all that is denied.
    ...(helpsAll && booleans.size > 0 ? { booleans: [...booleans].toSorted(), opens } : {}),
    ...(constraint === undefined ? {} : { constraint }),
    ...(undecided.length > 0 ? { undecided } : {}),
  }
}

// One record speaks for all where no other categories can have been in them.
const isAlike = ({ count, categoriesDiffer }: Denial): boolean => count === 1 || !categoriesDiffer

const decide = (
  policy: PolicyNames,
  objectClass: ObjectClass,
  permission: string,
  ends: Ends | undefined,
): { readonly forbids?: string; readonly allows?: true } => {
  if (!ends) return {}
  const bit = (1 << objectClass.permissions.indexOf(permission)) >>> 0
  const judged = objectClass.constraints
    .filter(one => (one.permissions & bit) !== 0)
    .map(one => ({ one, holds: constraintHolds(policy, one.expression, ends.source, ends.target) }))
  const broken = judged.find(({ holds }) => holds === false)
  if (broken) return { forbids: constraintText(policy, objectClass, broken.one).trim() }
  // Roles, and the numbers of ioctls and messages, decide as well.
  if (isRoleChange(objectClass, permission) || permission === 'ioctl' || permission === 'nlmsg') return {}
  return judged.every(({ holds }) => holds === true) ? { allows: true } : {}
}

interface Ends {
  readonly source: End
  readonly target: End
}

const endsOf = (policy: PolicyNames, { sample, source, target }: Denial): Ends | undefined => {
  const said = parseDenial(sample)
  if (!said) return undefined
  try {
    const ends = { source: endOf(policy, said.source), target: endOf(policy, said.target) }
    const isSame =
      nameIn(policy.types, ends.source.type) === source && nameIn(policy.types, ends.target.type) === target
    return isSame ? ends : undefined
  } catch (fault) {
    // A user, role or category that this policy does not have.
    if (fault instanceof SefleetError) return undefined
    throw fault
  }
}
