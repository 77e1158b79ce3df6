import type { ScalarValue } from '../model/yaml-scalar.ts'
import type { SefleetError } from '../errors.ts'
import type { Variable, Variables } from './inventory.ts'
import { aliases, type Setting } from './known-variables.ts'
import { mistake } from './problem.ts'

/** A connection setting that is set: by which variable, to what, where. */
export interface Given {
  readonly name: string
  readonly variable: Variable
}

/** The variable that decides a setting: the last alias that is set to something. */
export const given = (variables: Variables, setting: Setting): Given | undefined => {
  for (const name of aliases[setting].toReversed()) {
    const variable = variables.get(name)
    if (variable && !(variable.value.kind === 'scalar' && variable.value.value === undefined)) {
      return { name, variable }
    }
  }
  return undefined
}

/** Its value; throws for what can't be known here: encrypted values and Jinja templates. */
export const plainValue = ({ name, variable }: Given): NonNullable<ScalarValue> => {
  const { value } = variable
  if (value.kind === 'vault') {
    throw wrong({ name, variable }, `${name} is encrypted (!vault), and sefleet can't decrypt it yet`)
  }
  if (value.kind !== 'scalar' || value.value === undefined) {
    throw wrong({ name, variable }, `${name} must be a single value`)
  }
  if (!value.unsafe && typeof value.value === 'string' && /\{\{|\{%|\{#/.test(value.value)) {
    throw wrong(
      { name, variable },
      `${name} is a Jinja template, and sefleet can't fill it in yet: ${value.value}`,
    )
  }
  return value.value
}

/** Its text; a number is taken as written in decimal, anything else (YAML's `on`, a date) is a mistake. */
export const textOf = (setting: Given): string => {
  const value = plainValue(setting)
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
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
  const value = plainValue(setting)
  const isWhole = typeof value === 'string' ? /^\s*[0-9]+\s*$/.test(value) : typeof value !== 'object'
  const port = Number(isWhole ? value : undefined)
  if (Number.isInteger(port) && typeof value !== 'boolean' && port >= 1 && port <= 65_535) return port
  throw wrong(setting, `${setting.name} must be a port from 1 to 65535, not '${plainText(value)}'`)
}

/** Ansible's booleans: `yes`, `on`, `1`, `true`, `t`, `y` and their opposites, also as text. */
export const booleanOf = (setting: Given): boolean => {
  const value = plainValue(setting)
  const word = plainText(value).trim().toLowerCase()
  if (['true', 'yes', 'on', '1', 't', 'y'].includes(word)) return true
  if (['false', 'no', 'off', '0', 'f', 'n'].includes(word)) return false
  throw wrong(setting, `${setting.name} must be true or false, not '${plainText(value)}'`)
}

const plainText = (value: NonNullable<ScalarValue>): string =>
  typeof value === 'object' ? value.iso : String(value)

export const wrong = ({ variable }: Given, sentence: string): SefleetError =>
  mistake(variable.file, variable.value.place, sentence)
