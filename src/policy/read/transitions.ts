import type { RangeTransition, RoleAllow, RoleTransition, Symbols } from '../policy.ts'
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

/** `u32 source, target, class`, then the range. */
export const readRangeTransitions = (from: Cursor): readonly RangeTransition[] =>
  Array.from({ length: from.count(32, 'range transitions') }, () => ({
    source: from.u32(),
    target: from.u32(),
    class: from.u32(),
    range: readRange(from),
  }))
