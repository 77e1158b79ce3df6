import type { YamlTree } from '../../model/yaml-tree.ts'
import type { Builder } from './builder.ts'
import { kubernetesNode, type KubernetesNode } from './kubernetes-node.ts'
import { mistake } from '../problem.ts'
import { field, textIn } from '../tree.ts'

/** Whether this is what `kubectl get … -o json` or `-o yaml` prints: one object or a list of them. */
export const isKubectlOutput = (root: YamlTree): boolean =>
  textIn(field(root, 'apiVersion')) === 'v1' &&
  ['List', 'NodeList', 'Node'].includes(textIn(field(root, 'kind')) ?? '')

/**
 * Reads the output of `kubectl get nodes`: a group for each role and for each label with its value, peers by their roles,
 * and the address kubectl shows as INTERNAL-IP. Nodes that nobody can log in to are left out, with a warning.
 */
export const readKubectlNodes = (builder: Builder, file: string, root: YamlTree): void => {
  const nodes = itemsOf(file, root).map(item => kubernetesNode(file, item))
  if (nodes.length === 0) throw mistake(file, root.place, 'this output of kubectl holds no node')
  refuseDoubles(file, nodes)

  const reachable = nodes.filter(({ unreachable }) => unreachable === undefined)
  const leftOut = leftOutOf(nodes)
  if (reachable.length === 0) {
    throw mistake(
      file,
      root.place,
      `this output of kubectl holds no node to log in to: ${leftOut.join('; ')}`,
    )
  }
  for (const sentence of leftOut) builder.warn(`${file}: left out: ${sentence}`)
  addNodes(builder, file, reachable)
}

const itemsOf = (file: string, root: YamlTree): readonly YamlTree[] => {
  const kind = textIn(field(root, 'kind'))
  if (kind === 'Node') return [root]
  const items = field(root, 'items')
  if (!items || (items.kind === 'scalar' && items.value === undefined)) return []
  if (items.kind !== 'sequence') throw mistake(file, items.place, "'items' must be a list of nodes")
  for (const item of items.items) {
    // The API's own NodeList (`kubectl get --raw`) says the kind once, for all of them.
    const itemKind = field(item, 'kind')
    if (textIn(itemKind) === 'Node' || (!itemKind && kind === 'NodeList')) continue
    const what = textIn(itemKind) ?? 'something without a kind'
    const sentence = `this output of kubectl holds ${what}, not only nodes: save that of \`kubectl get nodes -o json\``
    throw mistake(file, (itemKind ?? item).place, sentence)
  }
  return items.items
}

const refuseDoubles = (file: string, nodes: readonly KubernetesNode[]): void => {
  const seen = new Set<string>()
  for (const { name, place } of nodes) {
    if (seen.has(name)) throw mistake(file, place, `node '${name}' is given twice`)
    seen.add(name)
  }
}

const leftOutOf = (nodes: readonly KubernetesNode[]): readonly string[] => {
  const byReason = new Map<string, string[]>()
  for (const { name, unreachable } of nodes) {
    if (unreachable !== undefined) byReason.set(unreachable, [...(byReason.get(unreachable) ?? []), name])
  }
  return [...byReason].map(([reason, names]) => `${names.join(', ')} (${reason})`)
}

// Hosts and their variables come before the groups: a node may have the name of a role (`worker`), and what is set for a name
// that both a group and a host have goes to the group.
const addNodes = (builder: Builder, file: string, nodes: readonly KubernetesNode[]): void => {
  for (const { name, place, address, peers } of nodes) {
    if (builder.isGroup(name)) {
      throw mistake(file, place, `node '${name}' has the name of a group of an inventory before this one`)
    }
    builder.addHost(name, 'ungrouped')
    if (address) builder.setVariable(name, 'ansible_host', { file, value: address })
    builder.setVariable(name, 'sefleet_peers', { file, value: peers })
  }
  for (const { name, groups } of nodes) for (const group of groups) builder.addHost(name, group)
}
