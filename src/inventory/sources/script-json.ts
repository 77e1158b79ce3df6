import type { YamlTree } from '../../model/yaml-tree.ts'
import type { Builder } from './builder.ts'
import { mistake } from '../problem.ts'
import { assigner } from './set-variable.ts'
import { field, kindOf, nameText } from '../tree.ts'

/**
 * Reads what an inventory script says to `--list`, and what `ansible-inventory --list` prints: `GROUP: {hosts: […], vars: {…},
 * children: […]}` or `GROUP: […]`; a group with none of the three is a host of that name with these variables. Hosts'
 * variables are in `_meta.hostvars`; where that is missing, `hostVariables` is asked for each host.
 */
export const readScriptJson = (
  builder: Builder,
  file: string,
  root: YamlTree,
  hostVariables: (host: string) => YamlTree | undefined = () => undefined,
): void => {
  if (root.kind !== 'mapping') {
    throw mistake(file, root.place, `an inventory must be a mapping of groups, not ${kindOf(root)}`)
  }
  const assign = assigner(builder, file)
  const named = new Set<string>()
  for (const { key, value } of root.entries) {
    const name = nameText(key)
    if (name !== '_meta') for (const host of readGroup(builder, file, name, value)) named.add(host)
  }
  const told = field(root, '_meta', 'hostvars')
  if (told && told.kind !== 'mapping') {
    throw mistake(file, told.place, `_meta.hostvars must be a mapping of hosts, not ${kindOf(told)}`)
  }
  const tellings = told && new Map(told.entries.map(({ key, value }) => [nameText(key), value]))
  for (const host of named) {
    const variables = tellings ? tellings.get(host) : hostVariables(host)
    if (!variables) continue
    if (variables.kind !== 'mapping') {
      const sentence = `the variables of host '${host}' must be a mapping, not ${kindOf(variables)}`
      throw mistake(file, variables.place, sentence)
    }
    for (const entry of variables.entries) assign(host, entry.key, entry.value)
  }
}

const readGroup = (builder: Builder, file: string, group: string, body: YamlTree): readonly string[] => {
  if (group === '') throw mistake(file, body.place, 'a group has no name')
  builder.addGroup(group)
  const assign = assigner(builder, file)
  const [hosts, variables, children] = ['hosts', 'vars', 'children'].map(name => field(body, name))
  const isHost = body.kind === 'mapping' && !hosts && !variables && !children
  const named = isHost
    ? [group]
    : textsIn(file, `hosts of group '${group}'`, body.kind === 'mapping' ? hosts : body)
  for (const host of named) builder.addHost(host, group)
  const own = isHost ? body : variables
  if (own && own.kind !== 'mapping') {
    throw mistake(file, own.place, `'vars' of group '${group}' must be a mapping, not ${kindOf(own)}`)
  }
  for (const { key, value } of own?.entries ?? []) assign(group, key, value)
  for (const child of textsIn(file, `children of group '${group}'`, children)) {
    builder.addGroup(child)
    const why = builder.addChild(group, child)
    if (why !== undefined && children) throw mistake(file, children.place, why)
  }
  return named
}

const textsIn = (file: string, what: string, list: YamlTree | undefined): readonly string[] => {
  if (!list) return []
  if (list.kind !== 'sequence')
    throw mistake(file, list.place, `the ${what} must be a list, not ${kindOf(list)}`)
  return list.items.map(item => {
    if (item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '') return item.value
    throw mistake(file, item.place, `the ${what} must be text, not ${kindOf(item)}`)
  })
}
