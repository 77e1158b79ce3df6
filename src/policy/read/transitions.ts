import type { NameTransition, RangeTransition, RoleAllow, RoleTransition, Symbols } from '../policy.ts'
import { readValues } from './bitmap.ts'
import type { Cursor } from './cursor.ts'
import { readRange } from './mls.ts'

/** `u32 role, type, new role` and, from version 26 on, `class`; before, it is always process. */
export const readRoleTransitions = (
  from: Cursor,
  { classes }: Symbols,
  version: number,
): readonly RoleTransition[] => {
  const process = classes.byName.get('process')?.value ?? 0
  return Array.from({ length: from.count(version >= 26 ? 16 : 12, 'role transitions') }, () => ({
    role: from.u32(),
    type: from.u32(),
    newRole: from.u32(),
    class: version >= 26 ? from.u32() : process,
  }))
}

export const readRoleAllows = (from: Cursor): readonly RoleAllow[] =>
  Array.from({ length: from.count(8, 'role allows') }, () => ({ role: from.u32(), newRole: from.u32() }))

/** Transitions by file name: none before version 25, one source each up to 32, compressed from 33 on. */
export const readNameTransitions = (
  from: Cursor,
  symbols: Symbols,
  version: number,
): readonly NameTransition[] => {
  if (version < 25) return []
  const found = version < 33 ? readPlain(from) : readCompressed(from)
  for (const one of found) {
    const values = [one.target, one.default, ...one.sources]
    if (values.some(value => !symbols.types.byValue[value]) || !symbols.classes.byValue[one.class])
      from.fail(`the transition for '${one.name}' names a type or class that is not there`)
  }
  return found
}

const readPlain = (from: Cursor): NameTransition[] => {
  // Old compilers wrote duplicates; the first one holds.
  const first = new Map<string, NameTransition>()
  const count = from.count(21, 'transitions by name')
  for (let index = 0; index < count; index += 1) {
    const name = from.fileName(from.u32())
    const [source, target, objectClass, type] = [from.u32(), from.u32(), from.u32(), from.u32()]
    if (source > 65_535) from.fail(`a transition from the type ${source}`)
    const key = `${source} ${target} ${objectClass} ${name}`
    if (!first.has(key))
      first.set(key, { name, sources: Uint16Array.of(source), target, class: objectClass, default: type })
  }
  return [...first.values()]
}

const readCompressed = (from: Cursor): NameTransition[] =>
  Array.from({ length: from.count(17, 'transitions by name') }, () => {
    const name = from.fileName(from.u32())
    const [target, objectClass] = [from.u32(), from.u32()]
    const count = from.count(16, 'new types of a transition by name')
    return Array.from({ length: count }, () => ({
      name,
      sources: readValues(from),
      target,
      class: objectClass,
      default: from.u32(),
    }))
  }).flat()

/** `u32 source, target, class`, then the range. */
export const readRangeTransitions = (from: Cursor): readonly RangeTransition[] =>
  Array.from({ length: from.count(32, 'range transitions') }, () => ({
    source: from.u32(),
    target: from.u32(),
    class: from.u32(),
    range: readRange(from),
  }))
