import { byCodePoint, nameIn } from '../names.ts'
import type { Policy } from '../policy.ts'
import {
  classesThatFit,
  typesThatFit,
  valuesNamed,
  type ClassCriterion,
  type Criterion,
} from './criterion.ts'
import { unknownName } from './unknown-name.ts'

/** Role rules wanted. `target` is a role of an allow rule, a type or attribute of a role_transition. */
export interface RoleSearch {
  readonly kinds: readonly ('allow' | 'role_transition')[]
  readonly source?: Criterion | undefined
  readonly target?: Criterion | undefined
  readonly classes?: ClassCriterion | undefined
  readonly default?: { readonly name: string } | { readonly pattern: string } | undefined
}

/** A role rule in names. */
export type RoleRule =
  | { readonly rule: 'allow'; readonly source: string; readonly target: string }
  | {
      readonly rule: 'role_transition'
      readonly source: string
      readonly target: string
      readonly class: string
      readonly default: string
    }

/** The line that sesearch prints. */
export const roleRuleText = (one: RoleRule): string =>
  one.rule === 'allow'
    ? `allow ${one.source} ${one.target};`
    : `role_transition ${one.source} ${one.target}:${one.class} ${one.default};`

/** Role rules as sesearch finds them, sorted by their lines. */
export const searchRoleRules = (policy: Policy, search: RoleSearch): readonly RoleRule[] => {
  const role = (value: number): string => nameIn(policy.roles, value)
  const source = search.source && rolesThatFit(policy, search.source)
  const target = search.target && targetsThatFit(policy, search.target)
  const classes = search.classes && classesThatFit(policy, search.classes)
  const fallsTo = search.default && rolesThatFit(policy, search.default)
  const wants = (kind: RoleRule['rule']): boolean => search.kinds.includes(kind)
  const allows = (wants('allow') && !classes && !fallsTo ? policy.roleAllows : [])
    .filter(one => (source?.has(one.role) ?? true) && (target?.roles.has(one.newRole) ?? true))
    .map(one => ({ rule: 'allow', source: role(one.role), target: role(one.newRole) }) as const)
  const transitions = (wants('role_transition') ? policy.roleTransitions : [])
    .filter(one => (source?.has(one.role) ?? true) && (!target || target.types[one.type] === 1))
    .filter(one => (!classes || classes[one.class] === 1) && (fallsTo?.has(one.newRole) ?? true))
    .map(
      one =>
        ({
          rule: 'role_transition',
          source: role(one.role),
          target: nameIn(policy.types, one.type),
          class: nameIn(policy.classes, one.class),
          default: role(one.newRole),
        }) as const,
    )
  return [...allows, ...transitions].toSorted((a, b) => byCodePoint(roleRuleText(a), roleRuleText(b)))
}

const rolesThatFit = (
  { roles }: Policy,
  criterion: { readonly name: string } | { readonly pattern: string },
): ReadonlySet<number> => new Set(valuesNamed(roles, 'role', criterion))

const targetsThatFit = (
  policy: Policy,
  criterion: Criterion,
): { readonly types: Uint8Array; readonly roles: ReadonlySet<number> } => {
  if ('pattern' in criterion) {
    const types = typesThatFit(policy, criterion)
    return { types, roles: rolesThatFit(policy, criterion) }
  }
  const none = { types: new Uint8Array(policy.types.byValue.length), roles: new Set<number>() }
  if (policy.types.byName.has(criterion.name)) return { ...none, types: typesThatFit(policy, criterion) }
  if (policy.roles.byName.has(criterion.name)) return { ...none, roles: rolesThatFit(policy, criterion) }
  throw unknownName('type, attribute or role', criterion.name, [
    ...policy.types.byName.keys(),
    ...policy.roles.byName.keys(),
  ])
}
