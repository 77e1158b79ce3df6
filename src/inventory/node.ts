import type { Node } from '../model/node.ts'
import { connectionOf, type ConnectionOptions } from './connection.ts'
import { variablesOf, type Host, type Inventory } from './inventory.ts'
import { plainValue } from './setting.ts'

/** A host of the inventory as the later stages know it. Throws as `connectionOf` does. */
export const nodeOf = (inventory: Inventory, host: Host, options: ConnectionOptions): Node => {
  const variables = variablesOf(inventory, host)
  const groups = host.groups.filter(name => name !== 'all').toSorted()
  const member = new Set(host.groups)
  const isLeaf = (name: string): boolean =>
    !inventory.groups.get(name)?.children.some(child => member.has(child))
  const peers = variables.get('sefleet_peers')
  return {
    name: host.name,
    groups,
    leafGroups: groups.filter(isLeaf),
    connection: connectionOf(host.name, variables, options),
    ...(peers && !(peers.value.kind === 'scalar' && peers.value.value === undefined)
      ? { peers: String(plainValue({ name: 'sefleet_peers', variable: peers })) }
      : {}),
  }
}
