import type {
  Common,
  DefaultFrom,
  DefaultRange,
  ObjectClass,
  PermissionNames,
  PolicyBoolean,
  Role,
  Symbols,
  Table,
  User,
} from '../policy.ts'
import { readValues } from './bitmap.ts'
import { readConstraints } from './constraints.ts'
import type { Cursor } from './cursor.ts'
import { readLevel, readRange } from './mls.ts'
import { readTable } from './table.ts'

/** Reads commons, classes, roles, types, users, booleans, levels and categories. */
export const readSymbols = (from: Cursor, version: number): Symbols => {
  const commons = readTable(from, 'commons', 16, () => ({ symbol: readCommon(from) }))
  return {
    commons,
    classes: readTable(from, 'classes', 28, () => ({ symbol: readClass(from, commons, version) })),
    roles: readTable(from, 'roles', 36, () => ({ symbol: readRole(from) })),
    types: readTable(from, 'types', 16, () => readType(from)),
    users: readTable(from, 'users', 52, () => ({ symbol: readUser(from) })),
    booleans: readTable(from, 'booleans', 12, () => ({ symbol: readBoolean(from) })),
    sensitivities: readTable(from, 'sensitivities', 24, () => readSensitivity(from)),
    categories: readTable(from, 'categories', 12, () => readCategory(from)),
  }
}

const readCommon = (from: Cursor): Common => {
  const [length, value, highest] = [from.u32(), from.u32(), from.u32()]
  const count = from.count(8, 'permissions')
  const name = from.name(length)
  return { name, value, permissions: readPermissions(from, name, count, highest, []) }
}

// Permission v is bit v − 1 of an access vector; a class’s own come after its common’s.
const readPermissions = (
  from: Cursor,
  of: string,
  count: number,
  highest: number,
  common: PermissionNames,
): PermissionNames => {
  if (highest > 32) from.fail(`${of} has ${highest} permissions, 32 are possible`)
  const names = Array.from({ length: highest }, (_, bit) => common[bit])
  for (let index = 0; index < count; index += 1) {
    const [length, value] = [from.u32(), from.u32()]
    const name = from.name(length)
    if (value < 1 || value > highest)
      from.fail(`permission ${of}:${name} has the value ${value} of ${highest}`)
    if (names[value - 1] !== undefined || names.includes(name)) from.fail(`permission ${of}:${name} clashes`)
    names[value - 1] = name
  }
  return names
}

const readClass = (from: Cursor, commons: Table<Common>, version: number): ObjectClass => {
  const [length, commonLength, value, highest] = [from.u32(), from.u32(), from.u32(), from.u32()]
  const count = from.count(8, 'permissions')
  const constraints = from.u32()
  const name = from.name(length)
  const commonName = commonLength === 0 ? undefined : from.name(commonLength)
  const common = commonName === undefined ? undefined : commons.byName.get(commonName)
  if (commonName !== undefined && !common)
    from.fail(`class ${name} inherits from '${commonName}', which is not there`)
  if (common && common.permissions.length > highest)
    from.fail(`class ${name} has fewer permissions than ${common.name}`)
  const permissions = readPermissions(from, name, count, highest, common?.permissions ?? [])
  const rest = {
    constraints: readConstraints(from, constraints, version),
    validateTransitions: readConstraints(from, from.u32(), version),
  }
  const [user, role, range] = version >= 27 ? [from.u32(), from.u32(), from.u32()] : [0, 0, 0]
  const type = version >= 28 ? from.u32() : 0
  const defaults = {
    user: defaultFrom(from, user),
    role: defaultFrom(from, role),
    type: defaultFrom(from, type),
    range:
      range === 0 ? undefined : (ranges[range - 1] ?? from.fail(`class ${name}: default_range ${range}`)),
  }
  return { name, value, common, permissions, ...rest, defaults }
}

const defaultFrom = (from: Cursor, value: number): DefaultFrom | undefined =>
  value === 0
    ? undefined
    : value === 1
      ? 'source'
      : value === 2
        ? 'target'
        : from.fail(`a default from ${value}`)

const ranges: readonly DefaultRange[] = [
  'source low',
  'source high',
  'source low-high',
  'target low',
  'target high',
  'target low-high',
  'glblub',
]

const readRole = (from: Cursor): Role => {
  const [length, value, bounds] = [from.u32(), from.u32(), from.u32()]
  const name = from.name(length)
  return { name, value, bounds, dominates: readValues(from), types: readValues(from) }
}

// properties: bit 0 a primary name, bit 1 an attribute; neither: an alias, with the value of the type it stands for
const readType = (from: Cursor) => {
  const [length, value, properties, bounds] = [from.u32(), from.u32(), from.u32(), from.u32()]
  const name = from.name(length)
  if ((properties & 3) === 0) return { alias: { name, value } }
  return { symbol: { name, value, isAttribute: (properties & 2) !== 0, bounds } }
}

const readUser = (from: Cursor): User => {
  const [length, value, bounds] = [from.u32(), from.u32(), from.u32()]
  const name = from.name(length)
  return { name, value, bounds, roles: readValues(from), range: readRange(from), level: readLevel(from) }
}

const readBoolean = (from: Cursor): PolicyBoolean => {
  const [value, state, length] = [from.u32(), from.u32(), from.u32()]
  if (state > 1) from.fail(`a boolean in state ${state}`)
  return { value, state: state === 1, name: from.name(length) }
}

const readSensitivity = (from: Cursor) => {
  const [length, isAlias] = [from.u32(), from.u32()]
  const name = from.name(length)
  const { sensitivity: value, categories } = readLevel(from)
  return isAlias === 0 ? { symbol: { name, value, categories } } : { alias: { name, value } }
}

const readCategory = (from: Cursor) => {
  const [length, value, isAlias] = [from.u32(), from.u32(), from.u32()]
  const name = from.name(length)
  return isAlias === 0 ? { symbol: { name, value } } : { alias: { name, value } }
}
