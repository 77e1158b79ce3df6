import type { YamlTree } from '../../model/yaml-tree.ts'
import { floatText } from './json.ts'

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
