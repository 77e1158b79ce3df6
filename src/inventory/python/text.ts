import { scalarText } from '../../model/yaml-scalar.ts'
import type { YamlEntry, YamlTree } from '../../model/yaml.ts'

/**
 * A value as `ansible-inventory` prints it: Python's `json.dumps` with sorted keys, an indent of four where asked for, and
 * Ansible's marks for encrypted and unsafe text.
 */
export const pythonJson = (tree: YamlTree, { indent = 0 }: { readonly indent?: number } = {}): string =>
  write(canBeSorted(tree) ? sorted(tree) : tree, indent, indent > 0 ? '\n' : '')

const write = (tree: YamlTree, indent: number, line: string): string => {
  switch (tree.kind) {
    case 'vault':
      return writeMapping([marked('__ansible_vault', tree)], indent, line)
    case 'scalar':
      if (tree.unsafe) return writeMapping([marked('__ansible_unsafe', tree)], indent, line)
      return jsonScalar(tree.value)
    case 'sequence': {
      const inner = line && line + ' '.repeat(indent)
      return enclose(
        '[',
        tree.items.map(item => write(item, indent, inner)),
        ']',
        line,
        inner,
      )
    }
    case 'mapping':
      return writeMapping(tree.entries.map(pairOf), indent, line)
    default:
      return tree satisfies never
  }
}

type Pair = readonly [key: string, value: YamlTree]

const writeMapping = (pairs: readonly Pair[], indent: number, line: string): string => {
  const inner = line && line + ' '.repeat(indent)
  const parts = pairs.map(([key, value]) => `${quoted(key)}: ${write(value, indent, inner)}`)
  return enclose('{', parts, '}', line, inner)
}

const enclose = (
  open: string,
  parts: readonly string[],
  close: string,
  line: string,
  inner: string,
): string =>
  parts.length === 0 ? open + close : open + inner + parts.join(inner ? `,${inner}` : ', ') + line + close

const pairOf = ({ key, value }: YamlEntry): Pair => [keyText(key), value]

// JSON's keys are text: Python writes the others as their values would be written.
const keyText = (key: YamlTree): string => {
  if (key.kind !== 'scalar') return write(key, 0, '')
  return typeof key.value === 'string' ? key.value : jsonScalar(key.value).replace(/^"(.*)"$/, '$1')
}

const marked = (mark: string, tree: YamlTree): Pair => {
  const text = tree.kind === 'vault' ? tree.text : tree.kind === 'scalar' ? scalarText(tree.value) : ''
  return [mark, { kind: 'scalar', place: tree.place, value: text }]
}

const jsonScalar = (value: Extract<YamlTree, { kind: 'scalar' }>['value']): string => {
  if (value === undefined) return 'null'
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') return floatText(value)
  return typeof value === 'object' ? quoted(value.iso) : String(value)
}

// What could drive a terminal is escaped, although Python would not: to whoever reads the JSON it is the same.
const quoted = (text: string): string => {
  const json = JSON.stringify(text)
  return steering.test(json)
    ? json.replaceAll(
        new RegExp(steering, 'g'),
        letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    : json
}
const steering = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

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
  const classes = new Set(tree.entries.map(({ key }) => orderOf(key)))
  return classes.size <= 1 && tree.entries.every(({ value }) => canBeSorted(value))
}

const orderOf = (key: YamlTree): string => {
  if (key.kind !== 'scalar') return key.kind
  const type = typeof key.value
  return type === 'bigint' || type === 'boolean' ? 'number' : type
}

const sorted = (tree: YamlTree): YamlTree => {
  if (tree.kind === 'sequence') return { ...tree, items: tree.items.map(sorted) }
  if (tree.kind !== 'mapping') return tree
  const entries = tree.entries.toSorted((a, b) => compareKeys(a.key, b.key))
  return { ...tree, entries: entries.map(({ key, value }) => ({ key, value: sorted(value) })) }
}

const compareKeys = (a: YamlTree, b: YamlTree): number => {
  if (a.kind !== 'scalar' || b.kind !== 'scalar') return 0
  if (orderOf(a) === 'number') return Number(a.value) - Number(b.value)
  // By code points, as Python sorts.
  return Buffer.compare(Buffer.from(keyText(a)), Buffer.from(keyText(b)))
}

/** A value as Python's `str` has it, which is how `ansible-inventory --graph --vars` prints it. */
export const pythonText = (tree: YamlTree): string => {
  if (tree.kind === 'vault') return tree.text
  if (tree.kind === 'scalar' && typeof tree.value === 'string') return tree.value
  if (tree.kind === 'scalar' && typeof tree.value === 'object') return tree.value.iso.replace('T', ' ')
  return pythonRepr(tree)
}

const pythonRepr = (tree: YamlTree): string => {
  switch (tree.kind) {
    case 'vault':
      return textRepr(tree.text)
    case 'sequence':
      return `[${tree.items.map(pythonRepr).join(', ')}]`
    case 'mapping':
      return `{${tree.entries.map(({ key, value }) => `${pythonRepr(key)}: ${pythonRepr(value)}`).join(', ')}}`
    case 'scalar':
      if (tree.value === undefined) return 'None'
      if (typeof tree.value === 'string') return textRepr(tree.value)
      if (typeof tree.value === 'boolean') return tree.value ? 'True' : 'False'
      if (typeof tree.value === 'number')
        return floatText(tree.value).replace('Infinity', 'inf').replace('NaN', 'nan')
      return typeof tree.value === 'object' ? textRepr(tree.value.iso) : String(tree.value)
    default:
      return tree satisfies never
  }
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const textRepr = (text: string): string => {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inner = text.replaceAll(/[\\'\u00a0\u00ad]|\p{Cc}/gu, letter => {
    if (letter === "'") return quote === "'" ? "\\'" : "'"
    return escapes[letter] ?? `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return quote + inner + quote
}
