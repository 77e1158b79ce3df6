/** What a plain scalar can mean in YAML 1.1; `undefined` is YAML's null. */
export type ScalarValue = string | number | boolean | Date | undefined

/**
 * The value of a plain (unquoted) scalar by PyYAML's rules, which Ansible inherits: `yes` is true, `22:22` is 1342,
 * `0644` is 420, `1_000` is 1000, but `y`, `08` and `1e3` stay text. (PyYAML's resolver.py; observed in test/inventory.)
 */
export const resolveScalar = (text: string): ScalarValue => {
  if (/^(?:~|null|Null|NULL|)$/.test(text)) return undefined
  if (/^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return true
  if (/^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text)) return false
  return integer(text) ?? float(text) ?? date(text) ?? text
}

const integer = (text: string): number | undefined => {
  const sign = text.startsWith('-') ? -1 : 1
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '')
  if (/^[-+]?0b[01_]+$/.test(text)) return sign * Number.parseInt(digits.slice(2), 2)
  if (/^[-+]?0x[0-9a-fA-F_]+$/.test(text)) return sign * Number.parseInt(digits.slice(2), 16)
  if (/^[-+]?0[0-7_]+$/.test(text)) return sign * Number.parseInt(digits, 8)
  if (/^[-+]?(?:0|[1-9][0-9_]*)$/.test(text)) return sign * Number.parseInt(digits, 10)
  if (/^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/.test(text)) return sign * sexagesimal(digits)
  return undefined
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
    return (text.startsWith('-') ? -1 : 1) * sexagesimal(plain.replace(/^[-+]/, ''))
  }
  return undefined
}

const sexagesimal = (digits: string): number =>
  digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)

const dateOnly = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/
const dateAndTime =
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?$/

// Which moment it is matters to nobody here; that it is no text does.
const date = (text: string): Date | undefined => {
  if (!dateOnly.test(text) && !dateAndTime.test(text)) return undefined
  return new Date(text)
}
