import type { YamlTree, Place } from '../../model/yaml-tree.ts'
import type { Builder } from './builder.ts'
import { placeOf, type Variable } from '../inventory.ts'
import { misspelt } from '../connection/known-variables.ts'
import { mistake } from '../problem.ts'
import { nameText } from '../tree.ts'

/**
 * Sets a variable of a group or host as an inventory file gives it. A misspelt connection variable is a mistake;
 * `ansible_group_priority` of a group is no variable but its priority.
 */
export const setVariable = (
  builder: Builder,
  owner: string,
  { name, place }: { readonly name: string; readonly place: Place },
  variable: Variable,
): void => {
  const { file, value } = variable
  const meant = meantBy(name, value)
  if (meant !== undefined) throw mistake(file, place, unknown(name, meant))
  if (name !== 'ansible_group_priority' || !builder.isGroup(owner)) {
    builder.setVariable(owner, name, variable)
    return
  }
  const priority = wholeNumber(value)
  if (priority === undefined)
    throw mistake(file, value.place, 'ansible_group_priority must be a whole number')
  builder.setPriority(owner, priority)
}

/** Tells of a misspelt connection variable in a file of variables, which may hold whatever else somebody calls so. */
export const tellMisspelt = (name: string, variable: Variable, warn: (sentence: string) => void): void => {
  const meant = meantBy(name, variable.value)
  if (meant !== undefined) warn(`${placeOf(variable)}: ${unknown(name, meant)}`)
}

// A list or mapping (`ansible_users`, say) can't be meant for a connection.
const meantBy = (name: string, value: YamlTree): string | undefined =>
  value.kind === 'scalar' || value.kind === 'vault' ? misspelt(name) : undefined

const unknown = (name: string, meant: string): string =>
  `unknown variable '${name}' (did you mean '${meant}'?)`

/** Sets variables from the keys and values of YAML or JSON. */
export const assigner =
  (builder: Builder, file: string) =>
  (owner: string, key: YamlTree, value: YamlTree): void =>
    setVariable(builder, owner, { name: nameText(key), place: key.place }, { value, file })

// Python's int(): text with blanks around it, a fraction cut off, true for 1.
const wholeNumber = (tree: YamlTree): number | undefined => {
  const value = tree.kind === 'scalar' ? tree.value : undefined
  if (typeof value === 'string') return /^\s*[-+]?[0-9]+\s*$/.test(value) ? Number(value) : undefined
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : undefined
  return typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : undefined
}
