import { byCodePoint } from '../../model/code-points.ts'
import type { Group, Host, Inventory, Variable, Variables, VarsFolder } from '../inventory.ts'

/** Some of a host's variables, all from one kind of place. */
export interface Layer {
  readonly from:
    | { readonly kind: 'group' | 'group_vars'; readonly group: string }
    | { readonly kind: 'host' | 'host_vars' | 'extra' }
  readonly variables: Variables
}

/**
 * Everything that has a say on a host's variables, the weakest first; a later layer wins. (ansible-core lib/ansible/vars/
 * manager.py: VARIABLE_PRECEDENCE, then the host's own. Two traps are Ansible's: `group_vars/all` beats what the inventory
 * says of any group, and the `group_vars` of a later source beat those of an earlier one, whatever the groups.)
 */
export const layersOf = (inventory: Inventory, host: Host): readonly Layer[] => [
  ...groupLayersOf(inventory, host),
  ...hostLayersOf(inventory, host),
]

/** A host's variables as they come out. The part that hosts of the same groups share is worked out once. */
export const variablesIn = (inventory: Inventory): ((host: Host) => Variables) => {
  const shared = new Map<string, Variables>()
  const ofGroups = (host: Host): Variables => {
    const key = host.groups.join('\n')
    const known = shared.get(key) ?? merged(groupLayersOf(inventory, host))
    shared.set(key, known)
    return known
  }
  return host => merged([{ variables: ofGroups(host) }, ...hostLayersOf(inventory, host)])
}

/** One group's variables as `ansible-inventory --export` shows them: the inventory's, then those of its files. */
export const groupVariablesOf = (inventory: Inventory, group: Group): Variables =>
  merged([
    { variables: group.variables },
    ...exportedFolders(inventory).map(folder => ({ variables: folder.groupVars(group.name) })),
  ])

/** A host's own variables: the inventory's, then those of its files. */
export const ownVariablesOf = (inventory: Inventory, host: Host): Variables =>
  merged([
    { variables: host.variables },
    ...exportedFolders(inventory).map(folder => ({ variables: folder.hostVars(host.name) })),
  ])

// An export holds what lies beside the sources; the working directory's variables are not theirs.
const exportedFolders = ({ beside, besidePlaybook }: Inventory): readonly VarsFolder[] =>
  besidePlaybook.isGiven ? [...beside, besidePlaybook.folder] : beside

/** A host's groups without `all`, the weakest first: by depth, then priority, then name. */
export const rankedGroups = (inventory: Inventory, host: Host): readonly Group[] =>
  host.groups
    .filter(name => name !== 'all')
    .flatMap(name => inventory.groups.get(name) ?? [])
    .toSorted(outerFirst)

const groupLayersOf = (inventory: Inventory, host: Host): readonly Layer[] => {
  const all = inventory.groups.get('all')
  const groups = rankedGroups(inventory, host)
  const everybody = all ? [all] : []
  return [
    ...everybody.map(inventoryOwn),
    ...groups.map(inventoryOwn),
    ...inFiles(inventory.beside, everybody),
    ...inFiles([inventory.besidePlaybook.folder], everybody),
    ...inFiles(inventory.beside, groups),
    ...inFiles([inventory.besidePlaybook.folder], groups),
  ]
}

const inventoryOwn = (group: Group): Layer => ({
  from: { kind: 'group', group: group.name },
  variables: group.variables,
})

const inFiles = (folders: readonly VarsFolder[], groups: readonly Group[]): readonly Layer[] =>
  folders.flatMap(folder =>
    groups.map(({ name }) => ({
      from: { kind: 'group_vars', group: name },
      variables: folder.groupVars(name),
    })),
  )

const hostLayersOf = (inventory: Inventory, host: Host): readonly Layer[] => [
  { from: { kind: 'host' }, variables: host.variables },
  ...[...inventory.beside, inventory.besidePlaybook.folder].map((folder): Layer => ({
    from: { kind: 'host_vars' },
    variables: folder.hostVars(host.name),
  })),
  { from: { kind: 'extra' }, variables: inventory.extra },
]

const outerFirst = (a: Group, b: Group): number =>
  a.depth - b.depth || a.priority - b.priority || byCodePoint(a.name, b.name)
const merged = (layers: readonly Pick<Layer, 'variables'>[]): Variables => {
  const result = new Map<string, Variable>()
  for (const { variables } of layers) for (const [name, variable] of variables) result.set(name, variable)
  return result
}
