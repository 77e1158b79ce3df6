import { byCodePoint } from '../../model/code-points.ts'
import { scalarText, type ScalarValue } from '../../model/yaml-scalar.ts'
import type { YamlEntry, YamlTree } from '../../model/yaml-tree.ts'

/**
 * A value as `ansible-inventory` prints it: Python's `json.dumps` with sorted keys, an indent of four where asked for, and
 * Ansible's marks for encrypted and unsafe text.
 */
export const pythonJson = (tree: YamlTree, { indent = 0 }: { readonly indent?: number } = {}): string =>
  write(tree, { step: ' '.repeat(indent), sorts: canBeSorted(tree) }, indent > 0 ? '\n' : '')

interface Style {
  /** What one level is set in by; '' for all on one line. */
  readonly step: string
  readonly sorts: boolean
}

const write = (tree: YamlTree, style: Style, line: string): string => {
  switch (tree.kind) {
    case 'vault':
      return writeMark('__ansible_vault', tree.text, style, line)
    case 'scalar':
      return tree.unsafe
        ? writeMark('__ansible_unsafe', scalarText(tree.value), style, line)
        : writeScalar(tree.value)
    case 'sequence': {
      const inner = line && line + style.step
      return enclose(
        '[',
        tree.items.map(item => write(item, style, inner)),
        ']',
        line,
        inner,
      )
    }
    case 'mapping':
      return writeMapping(tree.entries, style, line)
    default:
      return tree satisfies never
  }
}

const writeMapping = (entries: readonly YamlEntry[], style: Style, line: string): string => {
  const inner = line && line + style.step
  const inOrder = style.sorts && entries.length > 1 ? entries.toSorted(byKey) : entries
  const parts = inOrder.map(({ key, value }) => `${quoted(keyText(key))}: ${write(value, style, inner)}`)
  return enclose('{', parts, '}', line, inner)
}

const writeMark = (mark: string, text: string, { step }: Style, line: string): string => {
  const inner = line && line + step
  return enclose('{', [`"${mark}": ${quoted(text)}`], '}', line, inner)
}

const enclose = (
  open: string,
  parts: readonly string[],
  close: string,
  line: string,
  inner: string,
): string =>
  parts.length === 0 ? open + close : open + inner + parts.join(inner ? `,${inner}` : ', ') + line + close

// JSON's keys are text: Python writes the others as their values would be written.
const keyText = (key: YamlTree): string => {
  if (key.kind !== 'scalar') return write(key, { step: '', sorts: true }, '')
  return typeof key.value === 'string' ? key.value : writeScalar(key.value).replace(/^"(.*)"$/, '$1')
}

const writeScalar = (value: ScalarValue): string => {
  if (typeof value === 'string') return quoted(value)
  if (value === undefined) return 'null'
  if (typeof value === 'number') return floatText(value)
  return typeof value === 'object' ? quoted(value.iso) : String(value)
}

// What could drive a terminal is escaped, although Python would not: to whoever reads the JSON it is the same.
const quoted = (text: string): string => {
  if (plain.test(text)) return `"${text}"`
  return JSON.stringify(text).replaceAll(
    steering,
    letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
const plain = /^[\w .:/@=,+-]*$/
const steering = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** A float as Python's `repr` has it: `1.0`, `1e+16`, `1e-05`, `Infinity`. */
export const floatText = (value: number): string => {
  if (!Number.isFinite(value)) return String(value)
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }

  const text = Object.is(value, -0) ? '-0' : String(value)
  return text.includes('.') ? text : `${text}.0`
}

// Python compares text with text and numbers with numbers; where a mapping has both, Ansible prints everything unsorted.
const canBeSorted = (tree: YamlTree): boolean => {
  if (tree.kind === 'sequence') return tree.items.every(canBeSorted)
  if (tree.kind !== 'mapping') return true
  const [first] = tree.entries
  const order = first && orderOf(first.key)
  return tree.entries.every(({ key, value }) => orderOf(key) === order && canBeSorted(value))
}

const orderOf = (key: YamlTree): string => {
  if (key.kind !== 'scalar') return key.kind
  const type = typeof key.value
  return type === 'bigint' || type === 'boolean' ? 'number' : type
}

const byKey = ({ key: a }: YamlEntry, { key: b }: YamlEntry): number => {
  if (a.kind !== 'scalar' || b.kind !== 'scalar') return 0
  if (typeof a.value === 'string' && typeof b.value === 'string') return byCodePoint(a.value, b.value)
  return orderOf(a) === 'number' ? Number(a.value) - Number(b.value) : byCodePoint(keyText(a), keyText(b))
}
