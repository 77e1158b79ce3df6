import type { ScalarValue } from '../../model/yaml-scalar.ts'
import type { YamlTree } from '../../model/yaml-tree.ts'
import { floatText } from './json.ts'

/** A single value as Python's `str` has it: `True`, `2.0`, `None`. */
export const pythonStr = (value: ScalarValue): string => {
  if (value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return floatText(value).replace('Infinity', 'inf').replace('NaN', 'nan')
  return typeof value === 'object' ? value.iso.replace('T', ' ') : String(value)
}

/** A value as Python's `str` has it, which is how `ansible-inventory --graph --vars` prints it. */
export const pythonText = (tree: YamlTree): string => {
  if (tree.kind === 'vault') return tree.text
  return tree.kind === 'scalar' ? pythonStr(tree.value) : pythonRepr(tree)
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
      if (typeof tree.value === 'string') return textRepr(tree.value)
      return typeof tree.value === 'object' ? textRepr(tree.value.iso) : pythonStr(tree.value)
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
