import { scalarText, type ScalarValue } from '../../model/yaml-scalar.ts'
import { Secret } from '../../model/secret.ts'
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
export const given = (scope: Scope, setting: Setting): Given | undefined => givenAs(scope, aliases[setting])

/** The same of any list of names. */
export const givenAs = (scope: Scope, names: readonly string[]): Given | undefined =>
  names.toReversed().flatMap(name => givenBy(scope, name) ?? [])[0]

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

/** A password: any scalar but a switch or a date; empty is none. A line's end after it came with a file or a vault. */
export const secretOf = (setting: Given): Secret | undefined => {
  const value = setting.value()
  if (scalarText(value) === '') return undefined
  const text = textOf(setting).replace(/[\r\n]+$/, '')
  // It is given to sudo as a line.
  if (/[\r\n\0]/.test(text)) throw wrong(setting, `${setting.name} is more than one line`)
  return text === '' ? undefined : new Secret(text)
}

/** A whole number of seconds or tries. */
export const countOf = (setting: Given, from: number): number => {
  const value = setting.value()
  const text = typeof value === 'boolean' ? '' : scalarText(value).trim()
  const count = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (count >= from) return count
  throw wrong(setting, `${setting.name} must be a whole number from ${from} on, not '${scalarText(value)}'`)
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
