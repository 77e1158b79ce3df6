import { SefleetError } from '../../errors.ts'
import { parseContext } from '../../model/context.ts'
import type { Level, Named, PolicyNames, Range, Table } from '../policy.ts'
import { unknownName } from '../search/unknown-name.ts'

/** One end of an access: a type, and the rest of its context if that is known. */
export interface End {
  readonly type: number
  /** Without it only what types decide can be decided. */
  readonly user?: number
  readonly role?: number
  readonly range?: Range
}

/** Reads `container_t` or `system_u:system_r:container_t:s0:c1,c2` by the names of a policy. */
export const endOf = (policy: PolicyNames, text: string): End => {
  if (!text.includes(':')) return { type: typeValue(policy, text) }
  const context = parseContext(text)
  if (!context) throw new SefleetError('usage', `'${text}' is neither a type nor a context`)
  return {
    type: typeValue(policy, context.type),
    user: valueIn(policy.users, 'user', context.user),
    role: valueIn(policy.roles, 'role', context.role),
    ...(policy.mls && context.range !== undefined ? { range: rangeOf(policy, context.range) } : {}),
  }
}

const typeValue = (policy: PolicyNames, name: string): number => {
  const found = policy.types.byName.get(name)
  if (!found || found.isAttribute)
    throw unknownName(
      found ? 'type (it is an attribute)' : 'type',
      name,
      policy.types.byValue.flatMap(one => (one && !one.isAttribute ? [one.name] : [])),
    )
  return found.value
}

const valueIn = (table: Table<Named>, what: string, name: string): number => {
  const found = table.byName.get(name)
  if (!found) throw unknownName(what, name, table.byName.keys())
  return found.value
}

// s0-s0:c0.c1023; blanks around the dash as setools writes it
const rangeOf = (policy: PolicyNames, text: string): Range => {
  const [low = '', high = low] = text.split(/\s*-\s*/)
  return { low: levelOf(policy, low), high: levelOf(policy, high) }
}

const levelOf = (policy: PolicyNames, text: string): Level => {
  const [sensitivity = '', categories] = text.split(':')
  const values = (categories ?? '')
    .split(',')
    .filter(part => part !== '')
    .flatMap(part => {
      const [first = '', last = first] = part.split('.')
      const from = valueIn(policy.categories, 'category', first)
      const to = valueIn(policy.categories, 'category', last)
      if (to < from) throw new SefleetError('usage', `'${part}' runs backwards`)
      return Array.from({ length: to - from + 1 }, (_, index) => from + index)
    })
  return {
    sensitivity: valueIn(policy.sensitivities, 'sensitivity', sensitivity),
    categories: Uint16Array.from(new Set(values)).toSorted(),
  }
}
