import type { ScalarValue } from '../../model/yaml-scalar.ts'
import { pythonStr } from '../python/repr.ts'

type Filter = (value: ScalarValue) => ScalarValue

// Ansible's to_bool: these words and no others, without trimming.
const isTrue = (value: ScalarValue): boolean => {
  if (typeof value === 'string') return /^(?:yes|on|1|true)$/i.test(value)
  return Number(value) === 1
}

// Jinja's: Python's int(), else float() with the fraction cut off, else 0.
const whole = (value: ScalarValue): bigint => {
  const text = pythonStr(value).trim()
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (/^[-+]?[0-9]+(?:_[0-9]+)*$/.test(text)) return BigInt(text.replaceAll('_', ''))
  const isFloat = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(text)
  return isFloat && Number.isFinite(Number(text)) ? BigInt(Math.trunc(Number(text))) : 0n
}

/** Filters without arguments, by name; values are never null. */
export const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['bool', isTrue],
  ['int', whole],
  ['lower', value => pythonStr(value).toLowerCase()],
  ['string', pythonStr],
  ['trim', value => pythonStr(value).trim()],
  ['upper', value => pythonStr(value).toUpperCase()],
])
