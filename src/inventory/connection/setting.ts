import { scalarText, type ScalarValue } from '../../model/yaml-scalar.ts'
import type { SefleetError } from '../../errors.ts'
import type { Variable } from '../inventory.ts'
import { aliases, type Setting } from './known-variables.ts'
import { mistake } from '../problem.ts'
import { pythonStr } from '../python/repr.ts'
import type { Scope } from '../variables/scope.ts'
import { isNull } from '../tree.ts'

/** A connection setting that is set: by which variable, where, and to what. */
export interface Given {
  readonly name: string
  readonly variable: Variable
  /** Throws for what can't be known here. */
  readonly value: () => NonNullable<ScalarValue>
}

/** The variable that decides a setting: the last alias that is set to something. */
export const given = (scope: Scope, setting: Setting): Given | undefined =>
  aliases[setting].toReversed().flatMap(name => givenBy(scope, name) ?? [])[0]

/** A variable that is set to something. */
export const givenBy = ({ variables, valueOf }: Scope, name: string): Given | undefined => {
  const variable = variables.get(name)
  if (!variable || isNull(variable.value)) return undefined
  return {
    name,
    variable,
    value: () => {
      const value = valueOf(name, variable)
      if (value !== undefined) return value
      throw mistake(variable.file, variable.value.place, `${name} comes to nothing (null)`)
    },
  }
}

/** Its text; a number is taken as written in decimal, anything else (YAML's `on`, a date) is a mistake. */
export const textOf = (setting: Given): string => {
  const value = setting.value()
  if (typeof value === 'number' || typeof value === 'bigint') return pythonStr(value)
  if (typeof value !== 'string') {
    const read = typeof value === 'object' ? 'a date' : String(value)
    throw wrong(
      setting,
      `${setting.name} must be text, but YAML reads it as ${read}: put it in quotation marks`,
    )
  }
  if (value.trim() === '') throw wrong(setting, `${setting.name} is empty`)
  return value
}

export const portOf = (setting: Given): number => {
  const value = setting.value()
  const isWhole = typeof value === 'string' ? /^\s*[0-9]+\s*$/.test(value) : typeof value !== 'object'
  const port = Number(isWhole ? value : undefined)
  if (Number.isInteger(port) && typeof value !== 'boolean' && port >= 1 && port <= 65_535) return port
  throw wrong(setting, `${setting.name} must be a port from 1 to 65535, not '${scalarText(value)}'`)
}

/** Ansible's booleans: `yes`, `on`, `1`, `true`, `t`, `y` and their opposites, also as text. */
export const booleanOf = (setting: Given): boolean => {
  const value = setting.value()
  const word = scalarText(value).trim().toLowerCase()
  if (['true', 'yes', 'on', '1', 't', 'y'].includes(word)) return true
  if (['false', 'no', 'off', '0', 'f', 'n'].includes(word)) return false
  throw wrong(setting, `${setting.name} must be true or false, not '${scalarText(value)}'`)
}

export const wrong = ({ variable }: Given, sentence: string): SefleetError =>
  mistake(variable.file, variable.value.place, sentence)
