import type { HandleUnknown, Policy, Table, Type } from '../policy.ts'
import { readBitmap, readValues } from './bitmap.ts'
import { readContexts } from './contexts.ts'
import { Cursor, PolicyFault } from './cursor.ts'
import { readRules } from './rules.ts'
import { readSymbols } from './symbols.ts'
import { readNameTransitions } from './name-transitions.ts'
import { readRangeTransitions, readRoleAllows, readRoleTransitions } from './transitions.ts'

/** Versions that can be read: RHEL 7's kernel writes 28, Linux 6.18 reads up to 35. */
export const versions = { lowest: 24, highest: 35 } as const

/**
 * Reads a kernel binary policy (`/sys/fs/selinux/policy`, `policy.NN`), versions 24 to 35, MLS or not.
 * Anything else, and any file that is cut, corrupt or hostile, is a PolicyFault: no count is trusted beyond the bytes that
 * are there, and the end must be exactly the end, the only checksum there is.
 * Format: libsepol's and the kernel's policydb.c.
 */
export const readPolicy = (bytes: Buffer): Policy => {
  const from = new Cursor(bytes)
  const header = readHeader(from)
  const { version } = header
  const symbols = readSymbols(from, version)
  const { rules, conditions } = readRules(from, symbols, version)
  const roleTransitions = readRoleTransitions(from, symbols, version)
  const roleAllows = readRoleAllows(from)
  const nameTransitions = readNameTransitions(from, symbols, version)
  const contexts = readContexts(from, version)
  const rangeTransitions = readRangeTransitions(from)
  const attributesOf = readAttributes(from, symbols.types)
  if (from.left > 0) from.fail(`${from.left} bytes follow the end: a format that is not known`)
  return {
    ...header,
    ...symbols,
    attributesOf,
    membersOf: membersFrom(attributesOf, symbols.types),
    rules,
    conditions,
    nameTransitions,
    roleTransitions,
    roleAllows,
    rangeTransitions,
    contexts,
  }
}

/** Why a policy is refused by what its first bytes say it is: no policy, or of a version that is not known. */
export const refusedPolicy = (bytes: Buffer): string | undefined => {
  try {
    readHeader(new Cursor(bytes))
    return undefined
  } catch (fault) {
    if (fault instanceof PolicyFault) return fault.message
    throw fault
  }
}

const readHeader = (from: Cursor) => {
  const magic = from.u32()
  if (magic === 0xf97c_ff8d) from.fail('a policy module; a kernel policy (policy.NN) is wanted')
  if (magic !== 0xf97c_ff8c) from.fail('not an SELinux policy')
  const target = from.text(Math.min(from.u32(), 32))
  if (target !== 'SE Linux')
    from.fail(target === 'XenFlask' ? 'a Xen policy; only Linux is known' : 'not an SELinux policy')
  const version = from.u32()
  if (version < versions.lowest || version > versions.highest)
    from.fail(`policy version ${version}; versions ${versions.lowest} to ${versions.highest} are known`)
  const config = from.u32()
  const tables = from.u32()
  const kinds = from.u32()
  if (tables !== 8 || kinds !== (version >= 31 ? 9 : 7))
    from.fail(`a policy of ${tables} tables and ${kinds} object kinds`)
  const capabilities = readBitmap(from)
  const permissive = readBitmap(from) // its bits are values, without the usual offset
  return {
    version,
    mls: (config & 1) !== 0,
    handleUnknown: handleUnknown(config),
    capabilities,
    permissive,
    neverAudited: version >= 35 ? readBitmap(from) : new Uint16Array(),
  }
}

const handleUnknown = (config: number): HandleUnknown =>
  (config & 2) !== 0 ? 'reject' : (config & 4) !== 0 ? 'allow' : 'deny'

// One bitmap per value of the type table: the type's own bit and one for each of its attributes.
const readAttributes = (from: Cursor, types: Table<Type>): readonly Uint16Array[] => {
  const none = new Uint16Array()
  return types.byValue.map((type, value) => {
    if (value === 0) return none
    const values = readValues(from)
    if (!type || type.isAttribute) return none
    const attributes = values.filter(one => one !== value)
    for (const one of attributes)
      if (!types.byValue[one]?.isAttribute)
        from.fail(`type ${type.name} has the attribute ${one}, which is none`)
    return attributes
  })
}

const membersFrom = (attributesOf: readonly Uint16Array[], types: Table<Type>): readonly Uint16Array[] => {
  const members: number[][] = types.byValue.map(() => [])
  attributesOf.forEach((attributes, value) => {
    for (const one of attributes) members[one]?.push(value)
  })
  return members.map(list => new Uint16Array(list))
}
