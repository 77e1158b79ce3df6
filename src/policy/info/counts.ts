import {
  ruleBits,
  type Named,
  type ObjectClass,
  type PermissionNames,
  type Policy,
  type Table,
} from '../policy.ts'

/** How many of everything a policy has, as seinfo counts: rules are raw entries, conditional ones too; aliases are not symbols. */
export const countsOf = (policy: Policy) => {
  const classes = symbols(policy.classes)
  const types = symbols(policy.types)
  const constraints = classes.flatMap(one => one.constraints)
  const validates = classes.flatMap(one => one.validateTransitions)
  const { contexts } = policy
  const rules = ruleCounts(policy)
  return {
    classes: classes.length,
    permissions:
      sum(classes.map(ownPermissions)) + sum(symbols(policy.commons).map(one => named(one.permissions))),
    sensitivities: symbols(policy.sensitivities).length,
    categories: symbols(policy.categories).length,
    types: types.filter(one => !one.isAttribute).length,
    attributes: types.filter(one => one.isAttribute).length,
    users: symbols(policy.users).length,
    roles: symbols(policy.roles).length,
    booleans: symbols(policy.booleans).length,
    conditions: policy.conditions.length,
    ...rules,
    type_transition: rules.type_transition + policy.nameTransitions.sources.length,
    range_transition: policy.rangeTransitions.length,
    role_allow: policy.roleAllows.length,
    role_transition: policy.roleTransitions.length,
    constrain: constraints.filter(one => !one.isMls).length,
    mlsconstrain: constraints.filter(one => one.isMls).length,
    validatetrans: validates.filter(one => !one.isMls).length,
    mlsvalidatetrans: validates.filter(one => one.isMls).length,
    permissives: policy.permissive.length,
    capabilities: policy.capabilities.length,
    defaults: sum(classes.map(one => Object.values(one.defaults).filter(from => from !== undefined).length)),
    typebounds: types.filter(one => one.bounds > 0).length,
    ibendportcon: contexts.endPorts.length,
    ibpkeycon: contexts.partitionKeys.length,
    initialSids: contexts.initialSids.length,
    fs_use: contexts.fsUses.length,
    genfscon: contexts.genfs.length,
    portcon: contexts.ports.length,
    netifcon: contexts.interfaces.length,
    nodecon: contexts.nodes.length,
  }
}

export type Counts = ReturnType<typeof countsOf>

/** The symbols of a table, without its holes. */
export const symbols = <T extends Named>({ byValue }: Table<T>): T[] =>
  byValue.filter(one => one !== undefined)

const named = (permissions: PermissionNames): number => permissions.filter(name => name !== undefined).length

const ownPermissions = ({ permissions, common }: ObjectClass): number =>
  named(permissions) - named(common?.permissions ?? [])

const ruleCounts = ({ rules }: Policy) => {
  const byBits = new Map<number, number>()
  for (let index = 0; index < rules.count; index += 1) {
    const kind = rules.kind[index] ?? 0
    byBits.set(kind, (byBits.get(kind) ?? 0) + 1)
  }
  const count = (bits: number): number => byBits.get(bits) ?? 0
  return {
    allow: count(ruleBits.allow),
    auditallow: count(ruleBits.auditallow),
    dontaudit: count(ruleBits.dontaudit),
    type_transition: count(ruleBits.type_transition),
    type_change: count(ruleBits.type_change),
    type_member: count(ruleBits.type_member),
    allowxperm: count(ruleBits.allowxperm),
    auditallowxperm: count(ruleBits.auditallowxperm),
    dontauditxperm: count(ruleBits.dontauditxperm),
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
