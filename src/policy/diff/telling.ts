import { byCodePoint } from '../names.ts'

/** A permission on a target that says what it was for. */
export interface Telling {
  readonly permission: string
  readonly target: string
  readonly class: string
}

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

const rankOf = ({ permission }: Telling): number => {
  // some word, perhaps none of these
  const rank = order.indexOf(permission as (typeof order)[number])
  return rank < 0 ? order.length : rank
}

const shown = 2

/** The most telling of these, one a permission; what a type may do to itself comes last. */
export const mostTelling = (all: readonly Telling[], type: string): readonly Telling[] =>
  all
    .toSorted(
      (a, b) =>
        Number(a.target === type) - Number(b.target === type) ||
        rankOf(a) - rankOf(b) ||
        byCodePoint(`${a.target}:${a.class}`, `${b.target}:${b.class}`),
    )
    .filter((one, index, sorted) => sorted.findIndex(other => other.permission === one.permission) === index)
    .slice(0, shown)
