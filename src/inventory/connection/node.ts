import type { Node } from '../../model/node.ts'
import { connectionOf, type ConnectionOptions } from './connection.ts'
import type { Host, Inventory, Variables } from '../inventory.ts'
import { pythonStr } from '../python/repr.ts'
import { scopeOf } from '../variables/scope.ts'
import { givenBy } from './setting.ts'

/** A host of the inventory as the later stages know it. Throws as `connectionOf` does. */
export const nodeOf = (
  inventory: Inventory,
  host: Host,
  variables: Variables,
  options: ConnectionOptions,
): Node => {
  const scope = scopeOf(host, variables, inventory)
  const groups = host.groups.filter(name => name !== 'all').toSorted()
  const member = new Set(host.groups)
  const isLeaf = (name: string): boolean =>
    !inventory.groups.get(name)?.children.some(child => member.has(child))
  const peers = givenBy(scope, 'sefleet_peers')
  return {
    name: host.name,
    groups,
    leafGroups: groups.filter(isLeaf),
    connection: connectionOf(host.name, scope, options),
    ...(peers ? { peers: pythonStr(peers.value()) } : {}),
  }
}
