import { braced, byCodePoint, levelText, nameIn, rangeText } from '../names.ts'
import type { Named, PermissionNames, Policy, Table } from '../policy.ts'
import { symbols } from './counts.ts'

/** A symbol’s name and the statement that declares it, as seinfo prints them without and with `-x`. */
export interface Statement {
  readonly name: string
  readonly statement: string
}

export const boolStatements = (policy: Policy): Statement[] =>
  symbols(policy.booleans).map(({ name, state }) => ({ name, statement: `bool ${name} ${state};` }))

export const categoryStatements = (policy: Policy): Statement[] =>
  symbols(policy.categories).map(one => ({
    name: one.name,
    statement: `category ${one.name}${aliasText(policy.categories, one)};`,
  }))

export const sensitivityStatements = (policy: Policy): Statement[] =>
  symbols(policy.sensitivities).map(one => ({
    name: one.name,
    statement: `sensitivity ${one.name}${aliasText(policy.sensitivities, one)};`,
  }))

export const classStatements = (policy: Policy): Statement[] =>
  symbols(policy.classes).map(({ name, common, permissions }) => {
    const own = permissions.map(one =>
      one !== undefined && common?.permissions.includes(one) ? undefined : one,
    )
    return {
      name,
      statement: `class ${name}\n${common ? `inherits ${common.name}\n` : ''}${permissionLines(own)}`,
    }
  })

export const commonStatements = (policy: Policy): Statement[] =>
  symbols(policy.commons).map(({ name, permissions }) => ({
    name,
    statement: `common ${name}\n${permissionLines(permissions)}`,
  }))

export const roleStatements = (policy: Policy): Statement[] =>
  symbols(policy.roles).map(({ name, types }) => ({
    name,
    statement: `role ${name} types ${braced(namesIn(policy.types, types))};`,
  }))

export const typeStatements = (policy: Policy): Statement[] =>
  symbols(policy.types)
    .filter(one => !one.isAttribute)
    .map(one => ({ name: one.name, statement: typeText(policy, one) }))

export const permissiveStatements = (policy: Policy): Statement[] =>
  Array.from(policy.permissive, value => policy.types.byValue[value])
    .filter(one => one !== undefined)
    .map(one => ({ name: one.name, statement: typeText(policy, one) }))

export const attributeStatements = (policy: Policy): Statement[] =>
  symbols(policy.types)
    .filter(one => one.isAttribute)
    .map(({ name, value }) => {
      const members = namesIn(policy.types, policy.membersOf[value] ?? new Uint16Array())
      const lines = members.length === 0 ? ['<empty attribute>'] : members
      return { name, statement: `attribute ${name};\n\t${lines.join('\n\t')}` }
    })

export const userStatements = (policy: Policy): Statement[] =>
  symbols(policy.users).map(({ name, roles, level, range }) => {
    const names = namesIn(policy.roles, roles).filter(role => role !== 'object_r')
    const mls = policy.mls ? ` level ${levelText(policy, level)} range ${rangeText(policy, range)}` : ''
    return { name, statement: `user ${name} roles ${braced(names)}${mls};` }
  })

const typeText = (policy: Policy, one: Named): string =>
  [
    `type ${one.name}${aliasText(policy.types, one)}`,
    ...Array.from(policy.attributesOf[one.value] ?? [], value => nameIn(policy.types, value)),
  ].join(', ') + ';'

// A single alias goes without braces; several are sorted, as the file’s order is the compiler’s.
const aliasText = <T extends Named>({ aliases }: Table<T>, { value }: Named): string => {
  const names = aliases
    .filter(one => one.value === value)
    .map(({ name }) => name)
    .toSorted(byCodePoint)
  return names.length === 0 ? '' : ` alias ${braced(names)}`
}

const namesIn = <T extends Named>(table: Table<T>, values: Uint16Array): string[] =>
  Array.from(values, value => nameIn(table, value)).toSorted(byCodePoint)

const permissionLines = (permissions: PermissionNames): string => {
  const names = permissions.filter(name => name !== undefined).toSorted(byCodePoint)
  return names.length === 0 ? '' : `{\n\t${names.join('\n\t')}\n}`
}
