import { compileRegex } from '../../model/regex.ts'
import type { Named, Policy, Table } from '../policy.ts'
import { unknownName } from './unknown-name.ts'

/**
 * What a rule’s type is compared with, as sesearch does. Indirect: the rule applies to at least one of the named types (an
 * attribute stands for its members, and so does the rule’s own). Direct: the rule was written with that very name.
 */
export type Criterion =
  | { readonly name: string; readonly match: 'indirect' | 'direct' }
  | { readonly pattern: string; readonly match: 'indirect' | 'direct' }

/** The values of types and attributes in rules that fit, as a set over all values. */
export const typesThatFit = (policy: Policy, criterion: Criterion): Uint8Array => {
  const { types } = policy
  const fits = new Uint8Array(types.byValue.length)
  const named = valuesNamed(types, 'type or attribute', criterion)
  for (const value of named) {
    if (criterion.match === 'direct') fits[value] = 1
    else markIndirect(policy, value, 'pattern' in criterion, fits)
  }
  return fits
}

// A pattern is tested on the names of types only: attributes come in through their members.
const markIndirect = (policy: Policy, value: number, typesOnly: boolean, fits: Uint8Array): void => {
  const isAttribute = policy.types.byValue[value]?.isAttribute ?? false
  if (isAttribute && typesOnly) return
  const members = isAttribute ? (policy.membersOf[value] ?? []) : [value]
  for (const member of members) {
    fits[member] = 1
    for (const attribute of policy.attributesOf[member] ?? []) fits[attribute] = 1
  }
}

/** Any of the classes named. */
export type ClassCriterion = { readonly names: readonly string[] } | { readonly pattern: string }

/** The values of the classes that are named, as a set over all values. */
export const classesThatFit = (policy: Policy, criterion: ClassCriterion): Uint8Array => {
  const fits = new Uint8Array(policy.classes.byValue.length)
  const named =
    'pattern' in criterion
      ? valuesNamed(policy.classes, 'class', criterion)
      : criterion.names.flatMap(name => valuesNamed(policy.classes, 'class', { name }))
  for (const value of named) fits[value] = 1
  return fits
}

/** The values whose names a criterion gives; an unknown name is an error that names the nearest. */
export const valuesNamed = <T extends Named>(
  table: Table<T>,
  what: string,
  criterion: { readonly name: string } | { readonly pattern: string },
): readonly number[] => {
  if ('pattern' in criterion) {
    const regex = compileRegex(criterion.pattern)
    return table.byValue.flatMap(one => (one && regex.isIn(one.name) ? [one.value] : []))
  }
  const found = table.byName.get(criterion.name)
  if (!found) throw unknownName(what, criterion.name, table.byName.keys())
  return [found.value]
}
