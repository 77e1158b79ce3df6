import { resolve } from 'node:path'
import { SefleetError } from '../../errors.ts'
import type { YamlTree } from '../../model/yaml-tree.ts'
import { replace } from '../sources/builder.ts'
import type { Variable, Variables } from '../inventory.ts'
import { decode, readBytes, unlocked } from '../sources/read-text.ts'
import type { Surroundings } from '../sources/surroundings.ts'
import { kindOf, nameText } from '../tree.ts'
import { parseValues } from '../sources/values.ts'
import { shellWords } from '../connection/words.ts'

/** `-e`, as Ansible takes it: `key=value …` (always text), a YAML or JSON mapping, or `@FILE`. Throws `usage`. */
export const readExtraVars = (
  given: readonly string[],
  base: string,
  surroundings: Surroundings,
): Variables => {
  const result = new Map<string, Variable>()
  for (const text of given.filter(one => one !== '')) {
    for (const [name, variable] of variablesOf(text, base, surroundings)) replace(result, name, variable)
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
  return (shellWords(text) ?? [text]).map(word => {
    const [name = '', ...value] = word.split('=')
    if (name === '' || value.length === 0) {
      throw new SefleetError('usage', `-e '${text}' is no key=value; a file is given as '@FILE'`)
    }
    const place = { line: 1, column: text.indexOf(word) + 1 }
    return [name, { file, value: { kind: 'scalar', place, value: value.join('=') } }] as const
  })
}

const entriesOf = (root: YamlTree, file: string): Pairs => {
  if (root.kind !== 'mapping') {
    throw new SefleetError('usage', `${file}: extra variables must be a mapping, not ${kindOf(root)}`)
  }
  return root.entries.map(({ key, value }) => [nameText(key), { file, value }] as const)
}
