import { byCodePoint } from '../../model/code-points.ts'
import { forTerminalLine } from '../../model/printable.ts'
import type { YamlEntry, YamlTree } from '../../model/yaml-tree.ts'
import type { Group, Inventory, Variables } from '../inventory.ts'
import { pythonJson } from '../python/json.ts'
import { pythonText } from '../python/repr.ts'
import { groupVariablesOf, ownVariablesOf, variablesIn } from '../variables/layers.ts'

export interface ListingOptions {
  /** Only these hosts; all unless given. */
  readonly hosts?: readonly string[]
  /** Variables where they are set, not as they come out at each host. */
  readonly exported?: boolean
}

/** What `ansible-inventory --list` prints: JSON that Ansible and sefleet read again. */
export const listInventory = (inventory: Inventory, options: ListingOptions = {}): string => {
  const selected = selectedHosts(inventory, options)
  const groups: [string, YamlTree][] = []
  const seen = new Set(['all'])
  const describe = ({ name, hosts, children }: Group): void => {
    const own = name === 'all' ? [] : hosts.filter(host => selected.has(host))
    const parts: [string, YamlTree][] = []
    if (own.length > 0) parts.push(['hosts', list(own.map(text))])
    if (children.length > 0) parts.push(['children', list(children.map(text))])
    const group = inventory.groups.get(name)
    if (options.exported && group) {
      const variables = withPriority(group, groupVariablesOf(inventory, group))
      if (variables.length > 0) parts.push(['vars', mapping(variables)])
    }
    if (parts.length > 0) groups.push([name, mapping(parts)])
    for (const child of children) {
      const found = seen.has(child) ? undefined : inventory.groups.get(child)
      seen.add(child)
      if (found) describe(found)
    }
  }
  const all = inventory.groups.get('all')
  if (all) describe(all)

  const variablesOf = options.exported
    ? (host: string) => ownVariables(inventory, host)
    : everyVariable(inventory)
  const hostvars = membersOf(inventory)
    .filter(host => selected.has(host))
    .map((host): [string, YamlTree] => [host, mapping(variablesOf(host))])
    .filter(([, variables]) => variables.kind === 'mapping' && variables.entries.length > 0)
  const meta = mapping([['hostvars', mapping(hostvars)]])
  return `${pythonJson(mapping([...groups, ['_meta', meta]]), { indent: 4 })}\n`
}

/** What `ansible-inventory --host NAME` prints: the host's variables as JSON. */
export const showHost = (inventory: Inventory, host: string, { exported }: ListingOptions = {}): string => {
  const variables = exported ? ownVariables(inventory, host) : everyVariable(inventory)(host)
  return `${pythonJson(mapping(variables), { indent: 4 })}\n`
}

/** What `ansible-inventory --graph [GROUP]` prints: groups and hosts as a tree, with their variables where wanted. */
export const graphInventory = (
  inventory: Inventory,
  start: Group,
  options: ListingOptions & { readonly withVariables?: boolean } = {},
): string => {
  const selected = selectedHosts(inventory, options)
  const hostVariables = options.exported
    ? (host: string) => ownVariables(inventory, host)
    : everyVariable(inventory)
  const lines: string[] = []
  const add = (label: string, depth: number): void =>
    void lines.push(forTerminalLine(depth === 0 ? label : `${'  |'.repeat(depth)}--${label}`))
  // Only when asked for: a file of variables may be encrypted, and the tree can be drawn without it.
  const addVariables = (variablesOf: () => Pairs, depth: number): void => {
    if (!options.withVariables) return
    for (const [name, value] of variablesOf().toSorted(([a], [b]) => byCodePoint(a, b)))
      add(`{${name} = ${pythonText(value)}}`, depth)
  }
  const describe = (group: Group, depth: number): void => {
    add(`@${group.name}:`, depth)
    for (const child of group.children) {
      const found = inventory.groups.get(child)
      if (found) describe(found, depth + 1)
    }
    if (group.name !== 'all') {
      for (const host of group.hosts.filter(name => selected.has(name))) {
        add(host, depth + 1)
        addVariables(() => hostVariables(host), depth + 2)
      }
    }
    addVariables(() => withPriority(group, groupVariablesOf(inventory, group)), depth + 1)
  }
  describe(start, 0)
  return `${lines.join('\n')}\n`
}

const internal = new Set(
  `
  ansible_diff_mode ansible_config_file ansible_facts ansible_forks ansible_inventory_sources
  ansible_limit ansible_playbook_python ansible_run_tags ansible_skip_tags ansible_verbosity
  ansible_version inventory_dir inventory_file inventory_hostname inventory_hostname_short groups
  group_names omit playbook_dir
  `
    .trim()
    .split(/\s+/),
)

/** Whether Ansible keeps a name for itself: set or not, `ansible-inventory` does not print it. */
export const isInternal = (name: string): boolean => internal.has(name)

type Pairs = readonly (readonly [name: string, value: YamlTree])[]

const pairsOf = (variables: Variables): Pairs =>
  [...variables].filter(([name]) => !isInternal(name)).map(([name, { value }]) => [name, value])

const everyVariable = (inventory: Inventory): ((host: string) => Pairs) => {
  const variablesOf = variablesIn(inventory)
  return name => {
    const host = inventory.hosts.get(name)
    return host ? pairsOf(variablesOf(host)) : []
  }
}

const ownVariables = (inventory: Inventory, name: string): Pairs => {
  const host = inventory.hosts.get(name)
  return host ? pairsOf(ownVariablesOf(inventory, host)) : []
}

const withPriority = ({ priority }: Group, variables: Variables): Pairs => [
  ...pairsOf(variables).filter(([name]) => priority === 1 || name !== 'ansible_group_priority'),
  ...(priority === 1 ? [] : [['ansible_group_priority', number(priority)] as const]),
]

const membersOf = (inventory: Inventory): readonly string[] => inventory.groups.get('all')?.members ?? []

const selectedHosts = (inventory: Inventory, { hosts }: ListingOptions): ReadonlySet<string> =>
  new Set(hosts ?? inventory.hosts.keys())

const place = { line: 1, column: 1 }
const text = (value: string): YamlTree => ({ kind: 'scalar', place, value })
const number = (value: number): YamlTree => ({ kind: 'scalar', place, value: BigInt(value) })
const list = (items: readonly YamlTree[]): YamlTree => ({ kind: 'sequence', place, items })
const mapping = (pairs: Pairs): YamlTree => ({
  kind: 'mapping',
  place,
  entries: pairs.map(([name, value]): YamlEntry => ({ key: text(name), value })),
})
