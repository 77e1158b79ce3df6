/**
 * What a plain scalar can mean in YAML 1.1, in types that keep Python's apart: an int is a bigint, a float a number;
 * `undefined` is null.
 */
export type ScalarValue = string | bigint | number | boolean | Timestamp | undefined

/** A date, or a date with a time, as Python's `isoformat` writes it; only that it is no text matters to anybody here. */
export interface Timestamp {
  readonly iso: string
}

/** A value as it is written into a sentence or compared with a word. */
export const scalarText = (value: ScalarValue): string =>
  typeof value === 'object' ? value.iso : String(value)

/**
 * The value of a plain (unquoted) scalar by PyYAML's rules, which Ansible inherits: `yes` is true, `22:22` is 1342,
 * `0644` is 420, `1_000` is 1000, but `y`, `08` and `1e3` stay text. (PyYAML's resolver.py; observed in test/inventory.)
 * Throws a RangeError for a date that no calendar has.
 */
export const resolveScalar = (text: string): ScalarValue => {
  // Most scalars of an inventory are names and addresses; all that are something else begin with one of these.
  if (!/^[-+.0-9~nNyYtTfFoO=<]/.test(text)) return text === '' ? undefined : text
  // YAML 1.1's "default value" and merge sign, which PyYAML knows by name and can't make.
  if (text === '=' || text === '<<')
    throw new RangeError(`a lone '${text}' is no value: put it in quotation marks`)
  if (/^(?:~|null|Null|NULL)$/.test(text)) return undefined
  if (/^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return true
  if (/^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text)) return false
  if (!/^[-+.0-9]/.test(text)) return text
  return integer(text) ?? float(text) ?? timestamp(text) ?? text
}

const integer = (text: string): bigint | undefined => {
  const sign = text.startsWith('-') ? -1n : 1n
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '')
  if (/^[-+]?0b[01_]+$/.test(text)) return sign * whole(digits, '0b')
  if (/^[-+]?0x[0-9a-fA-F_]+$/.test(text)) return sign * whole(digits, '0x')
  if (/^[-+]?0[0-7_]+$/.test(text)) return sign * whole(`0o${digits}`, '0o')
  if (/^[-+]?(?:0|[1-9][0-9_]*)$/.test(text)) return sign * BigInt(digits)
  if (/^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/.test(text)) {
    return sign * digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n)
  }
  return undefined
}

// `0x_` is all underscores: PyYAML's pattern takes it and Python's int() refuses it.
const whole = (digits: string, prefix: string): bigint => {
  if (digits === prefix) throw new RangeError(`'${digits}' is no number`)
  return BigInt(digits)
}

const float = (text: string): number | undefined => {
  const infinite = /^([-+]?)\.(?:inf|Inf|INF)$/.exec(text)
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return Number.NaN
  const plain = text.replaceAll('_', '')
  if (/^[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?$|^\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?$/.test(text)) {
    return Number(plain)
  }
  if (/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/.test(text)) {
    const parts = plain.replace(/^[-+]/, '').split(':')
    return (text.startsWith('-') ? -1 : 1) * parts.reduce((sum, part) => sum * 60 + Number(part), 0)
  }
  return undefined
}

const dateOnly = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/
const dateAndTime =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?(?:[ \t]*(?:(Z)|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?$/

const timestamp = (text: string): Timestamp | undefined => {
  const day = dateOnly.exec(text)
  if (day) return { iso: calendarDay(text, day) }
  const found = dateAndTime.exec(text)
  if (!found) return undefined
  const [
    ,
    ,
    ,
    ,
    hour = '',
    minute = '',
    second = '',
    fraction = '',
    utc,
    sign,
    zoneHour = '',
    zoneMinute = '0',
  ] = found
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) throw noSuchTime(text)
  const micros = fraction.slice(0, 6).padEnd(6, '0')
  const zone = utc ? '+00:00' : sign ? offset(text, sign, zoneHour, zoneMinute) : ''
  const time = `${two(hour)}:${minute}:${second}${micros === '000000' ? '' : `.${micros}`}`
  return { iso: `${calendarDay(text, found)}T${time}${zone}` }
}

const calendarDay = (text: string, [, year = '', month = '', day = '']: RegExpExecArray): string => {
  const iso = `${year}-${two(month)}-${two(day)}`
  const date = new Date(`${iso}T00:00:00Z`)
  if (year === '0000' || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(iso)) {
    throw noSuchTime(text)
  }
  return iso
}

const offset = (text: string, sign: string, hours: string, minutes: string): string => {
  const total = Number(hours) * 60 + Number(minutes)
  if (total >= 24 * 60) throw noSuchTime(text)
  const back = sign === '-' && total > 0 ? '-' : '+'
  return `${back}${two(String(Math.floor(total / 60)))}:${two(String(total % 60))}`
}

const two = (digits: string): string => digits.padStart(2, '0')

const noSuchTime = (text: string): RangeError =>
  new RangeError(`'${text}' looks like a date and is none: put it in quotation marks`)
