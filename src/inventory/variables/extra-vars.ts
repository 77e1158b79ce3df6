import { resolve } from 'node:path'
import { SefleetError } from '../../errors.ts'
import type { YamlTree } from '../../model/yaml-tree.ts'
import { replace } from '../sources/builder.ts'
import { tellMisspelt } from '../sources/set-variable.ts'
import type { Variable, Variables } from '../inventory.ts'
import { decode, readBytes, unlocked } from '../sources/read-text.ts'
import type { Surroundings } from '../sources/surroundings.ts'
import { kindOf, nameText } from '../tree.ts'
import { parseValues } from '../sources/values.ts'

/** `-e`: `key=value …` (always text), a YAML or JSON mapping, or `@FILE`, as Ansible takes them. Throws `usage`. */
export const readExtraVars = (
  given: readonly string[],
  base: string,
  surroundings: Surroundings,
): Variables => {
  const result = new Map<string, Variable>()
  for (const text of given.filter(one => one !== '')) {
    for (const [name, variable] of variablesOf(text, base, surroundings)) {
      tellMisspelt(name, variable, surroundings.warn)
      replace(result, name, variable)
    }
  }
  return result
}

type Pairs = readonly (readonly [name: string, variable: Variable])[]

const variablesOf = (text: string, base: string, { vault, warn }: Surroundings): Pairs => {
  if (text.startsWith('@')) {
    const file = text.slice(1)
    const said = unlocked(decode(file, readBytes(resolve(base, file), file)), file, vault)
    return entriesOf(parseValues(said, file, warn), file)
  }
  const file = `-e ${text}`
  if (/^[[{]/.test(text)) return entriesOf(parseValues(text, file, warn), file)
  return assignmentsIn(text).map(({ name, value, column }) => {
    const place = { line: 1, column }
    return [name, { file, value: { kind: 'scalar', place, value } }] as const
  })
}

interface Assignment {
  readonly name: string
  readonly value: string
  readonly column: number
}

// Quotes around a whole value, and braces of a template, keep blanks together. What else Ansible makes of quotes and
// backslashes (it decodes them, as Python would) is written without a doubt as YAML.
const assignmentPattern =
  /\s*([^\s='"\\]+)=(?:"([^"\\]*)"|'([^'\\]*)'|((?:\{\{(?:(?!\}\})[^\\])*\}\}|(?!\{\{)[^\s'"\\])*))(?=\s|$)/y

const assignmentsIn = (text: string): readonly Assignment[] => {
  const found: Assignment[] = []
  assignmentPattern.lastIndex = 0
  for (let end = 0; text.slice(end).trim() !== ''; end = assignmentPattern.lastIndex) {
    const match = assignmentPattern.exec(text)
    if (!match) {
      const rest = text.slice(end).trim()
      const yaml = "values with quotes or backslashes are given as YAML: -e '{name: value}'"
      throw new SefleetError('usage', `-e '${rest}' is no key=value; a file is given as '@FILE', and ${yaml}`)
    }
    const [whole, name = '', double, single, plain = ''] = match
    const column = end + whole.length - whole.trimStart().length + 1
    found.push({ name, value: double ?? single ?? plain, column })
  }
  return found
}

const entriesOf = (root: YamlTree, file: string): Pairs => {
  if (root.kind !== 'mapping') {
    throw new SefleetError('usage', `${file}: extra variables must be a mapping, not ${kindOf(root)}`)
  }
  return root.entries.map(({ key, value }) => [nameText(key), { file, value }] as const)
}
