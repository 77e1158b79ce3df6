import type { YamlTree } from '../model/yaml.ts'
import type { Builder } from './builder.ts'
import { misspelt } from './known-variables.ts'
import { mistake } from './problem.ts'
import { nameText } from './tree.ts'

/**
 * Sets variables of groups and hosts as a file gives them. A misspelt connection variable is refused: it would lead to
 * another address, or there as someone else. `ansible_group_priority` of a group is no variable but its rank.
 */
export const assigner =
  (builder: Builder, file: string) =>
  (owner: string, key: YamlTree, value: YamlTree): void => {
    const name = nameText(key)
    const meant = misspelt(name)
    if (meant !== undefined) {
      throw mistake(file, key.place, `unknown variable '${name}' (did you mean '${meant}'?)`)
    }
    if (name === 'ansible_group_priority' && builder.isGroup(owner)) {
      const priority = value.kind === 'scalar' ? wholeNumber(value.value) : undefined
      if (priority === undefined) {
        throw mistake(file, value.place, 'ansible_group_priority must be a whole number')
      }
      builder.setPriority(owner, priority)
    } else builder.setVariable(owner, name, { value, file })
  }

// Python's int(): text with blanks around it counts too.
const wholeNumber = (value: unknown): number | undefined => {
  const isText = typeof value === 'string' && /^\s*[-+]?[0-9]+\s*$/.test(value)
  const number = isText ? BigInt(value.trim()) : value
  return typeof number === 'bigint' ? Number(number) : undefined
}
