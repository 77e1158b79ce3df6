import type { Telling } from '../../model/policy-item.ts'
import { byCodePoint } from '../names.ts'

/** Permissions that people miss when they are gone, the most telling first. */
const order = [
  'transition',
  'dyntransition',
  'entrypoint',
  'connectto',
  'execute',
  'dac_override',
  'sys_admin',
  'module_load',
  'mounton',
  'mount',
  'name_connect',
  'name_bind',
  'sendto',
  'relabelto',
  'relabelfrom',
  'execmem',
  'write',
  'read',
] as const

/** How much a permission is missed: the lower, the more. */
export const rankOf = (permission: string): number => {
  // some word, perhaps none of these
  const rank = order.indexOf(permission as (typeof order)[number])
  return rank < 0 ? order.length : rank
}

const shown = 2

const textOf = (one: Telling): string => `${one.source ?? ''} ${one.target}:${one.class}`

/** The most telling of these, one a permission; what a type may do to itself comes last. */
export const mostTelling = (all: readonly Telling[], type: string): readonly Telling[] =>
  all
    .toSorted(
      (a, b) =>
        Number(a.target === type) - Number(b.target === type) ||
        rankOf(a.permission) - rankOf(b.permission) ||
        byCodePoint(textOf(a), textOf(b)),
    )
    .filter((one, index, sorted) => sorted.findIndex(other => other.permission === one.permission) === index)
    .slice(0, shown)
