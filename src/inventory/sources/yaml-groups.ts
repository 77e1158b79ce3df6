import { didYouMean } from '../../model/nearest.ts'
import { scalarText } from '../../model/yaml-scalar.ts'
import type { YamlEntry, YamlTree } from '../../model/yaml-tree.ts'
import type { SefleetError } from '../../errors.ts'
import type { Builder } from './builder.ts'
import { readHostPattern } from './host-pattern.ts'
import { mistake } from '../problem.ts'
import { assigner } from './set-variable.ts'
import { createTally } from './tally.ts'
import { isEmpty, isNull, kindOf } from '../tree.ts'

const sections = ['hosts', 'children', 'vars'] as const
type Section = (typeof sections)[number]
const isSection = (name: unknown): name is Section => sections.some(section => section === name)

/**
 * Reads Ansible's YAML inventory format: every top-level key is a group with `hosts`, `children` and `vars`. What Ansible
 * only warns about (another key, a group that is no mapping) is an error here, as nodes would be left out silently.
 */
export const readYamlGroups = (builder: Builder, file: string, root: YamlTree): void => {
  const assign = assigner(builder, file)
  const tally = createTally(file)
  const fail = (at: YamlTree, sentence: string): SefleetError => mistake(file, at.place, sentence)

  const readGroup = (name: string, body: YamlTree, isTop: boolean): void => {
    builder.addGroup(name)
    tally.addGroup(body.place)
    if (isNull(body)) return
    if (body.kind !== 'mapping') {
      throw fail(body, `group '${name}' must be a mapping of hosts, children and vars, not ${kindOf(body)}`)
    }
    for (const { key, value } of body.entries) {
      const section = key.kind === 'scalar' ? key.value : undefined
      if (!isSection(section)) throw fail(key, unknownKey(name, key, isTop))
      const entries = entriesOf(value)
      if (!entries) {
        const list = value.kind === 'sequence' ? `; write \`NAME:\` lines instead of \`- NAME\`` : ''
        throw fail(value, `'${section}' of group '${name}' must be a mapping, not ${kindOf(value)}${list}`)
      }
      for (const entry of entries) readers[section](name, entry)
    }
  }

  const readers: { readonly [S in Section]: (group: string, entry: YamlEntry) => void } = {
    vars: (group, { key, value }) => assign(group, key, value),
    children: (group, { key, value }) => {
      const name = nameOf(key, 'group')
      readGroup(name, value, false)
      const why = builder.addChild(group, name)
      if (why !== undefined) throw fail(key, why)
    },
    hosts: (group, { key, value }) => {
      const pattern = nameOf(key, 'host')
      const hosts = readHostPattern(pattern)
      if (hosts.state === 'wrong') throw fail(key, hosts.why)
      if (value.kind !== 'mapping' && !isEmpty(value)) {
        throw fail(value, `host '${pattern}' must be a mapping of variables, not ${kindOf(value)}`)
      }
      const { names, port } = hosts
      const portVariable = port
        ? ({ file, value: { kind: 'scalar', place: key.place, value: BigInt(port) } } as const)
        : undefined
      tally.addHosts(names.length, key.place)
      for (const name of names) {
        builder.addHost(name, group, portVariable)
        if (value.kind === 'mapping') for (const entry of value.entries) assign(name, entry.key, entry.value)
      }
    },
  }

  const nameOf = (key: YamlTree, what: 'group' | 'host'): string => {
    if (key.kind === 'scalar' && typeof key.value === 'string' && key.value !== '') return key.value
    throw fail(key, `the name of a ${what} must be text, not ${kindOf(key)}: put it in quotation marks`)
  }

  for (const { key, value } of topLevel(file, root)) readGroup(nameOf(key, 'group'), value, true)
}

const topLevel = (file: string, root: YamlTree): readonly YamlEntry[] => {
  if (root.kind !== 'mapping') {
    throw mistake(file, root.place, `an inventory must be a mapping of groups, not ${kindOf(root)}`)
  }
  return root.entries
}

const unknownKey = (group: string, key: YamlTree, isTop: boolean): string => {
  const name = key.kind === 'scalar' ? scalarText(key.value) : kindOf(key)
  if (isTop && isSection(group)) {
    return `'${group}' at the top level is a group of that name; put it below a group, for example \`all:\``
  }
  return `unknown key '${name}' in group '${group}'${didYouMean(name, sections)}; a group has hosts, children and vars`
}

// A lone name stands for a mapping with that one key, as in `hosts: db-1`.
const entriesOf = (section: YamlTree): readonly YamlEntry[] | undefined => {
  if (isNull(section)) return []
  if (section.kind === 'mapping') return section.entries
  if (section.kind !== 'scalar' || typeof section.value !== 'string') return undefined
  return [{ key: section, value: { kind: 'scalar', place: section.place, value: undefined } }]
}
