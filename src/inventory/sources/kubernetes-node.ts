import type { Place, YamlTree } from '../../model/yaml-tree.ts'
import { mistake } from '../problem.ts'
import { entriesOf, field, itemsOf, textIn } from '../tree.ts'

/** What an inventory takes from a Node object of Kubernetes. */
export interface KubernetesNode {
  readonly name: string
  readonly place: Place
  readonly address: YamlTree | undefined
  readonly groups: readonly string[]
  /** The value of `sefleet_peers`: as a label group may hold any node, only the roles tell who ought to be alike. */
  readonly peers: YamlTree
  /** Why nobody can log in to it. */
  readonly unreachable: string | undefined
}

/** Reads one; throws a mistake where it is none the API server would have given. */
export const kubernetesNode = (file: string, item: YamlTree): KubernetesNode => {
  const { name, place } = nameOf(file, item)
  const labelsTree = field(item, 'metadata', 'labels')
  const labels = labelsOf(file, labelsTree)
  const roles = rolesOf(labels)
  const peers = roles.join(',') || 'no role'
  return {
    name,
    place,
    address: addressOf(file, item),
    groups: [...roles.map(roleGroup), ...labelGroups(labels, name)],
    peers: { kind: 'scalar', place: labelsTree?.place ?? place, value: peers },
    unreachable: unreachable(item, labels),
  }
}

type Labels = ReadonlyMap<string, string>

const nameOf = (file: string, item: YamlTree): { readonly name: string; readonly place: Place } => {
  const tree = field(item, 'metadata', 'name')
  if (!tree) throw mistake(file, item.place, 'this node has no metadata.name')
  const name = textIn(tree)
  if (name === undefined) throw mistake(file, tree.place, 'the name of a node must be text')
  if (!/^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/.test(name)) {
    throw mistake(file, tree.place, `'${name}' is no name of a Kubernetes node`)
  }
  return { name, place: tree.place }
}

const labelsOf = (file: string, tree: YamlTree | undefined): Labels =>
  new Map(
    entriesOf(tree).map(({ key, value }) => {
      const [name, text] = [textIn(key), textIn(value)]
      if (name === undefined) throw mistake(file, key.place, 'the name of a label must be text')
      if (text === undefined) throw mistake(file, value.place, `the value of label '${name}' must be text`)
      return [name, text]
    }),
  )

const rolePrefix = 'node-role.kubernetes.io/'
const oldRoleLabel = 'kubernetes.io/role'

// Those that `kubectl get nodes` shows as ROLES.
const rolesOf = (labels: Labels): readonly string[] => {
  const prefixed = [...labels.keys()].filter(key => key.startsWith(rolePrefix))
  const roles = [...prefixed.map(key => key.slice(rolePrefix.length)), labels.get(oldRoleLabel) ?? '']
  return [...new Set(roles)].filter(role => role !== '').toSorted()
}

const roleGroup = (role: string): string => groupName(role).replace(/^(?=[0-9])/, '_')

// A group of its own for each node would help nobody.
const labelGroups = (labels: Labels, node: string): readonly string[] =>
  [...labels]
    .filter(
      ([key]) => !key.startsWith(rolePrefix) && key !== oldRoleLabel && key !== 'kubernetes.io/hostname',
    )
    .filter(([, value]) => value !== node)
    .map(([key, value]) => groupName(value === '' ? `label_${key}` : `label_${key}_${value}`))

const groupName = (text: string): string => text.replaceAll(/[^A-Za-z0-9_]/g, '_')

// With dual stack the cluster's primary family comes first.
const addressOf = (file: string, item: YamlTree): YamlTree | undefined => {
  const addresses = itemsOf(field(item, 'status', 'addresses'))
  for (const type of ['InternalIP', 'Hostname']) {
    const address = addresses.find(one => textIn(field(one, 'type')) === type)
    const value = address && field(address, 'address')
    if (!value || textIn(value) === '') continue
    if (textIn(value) === undefined) throw mistake(file, value.place, `the ${type} of a node must be text`)
    return value
  }
  return undefined
}

const unreachable = (item: YamlTree, labels: Labels): string | undefined => {
  const system =
    textIn(field(item, 'status', 'nodeInfo', 'operatingSystem')) ?? labels.get('kubernetes.io/os')
  if (system === 'windows') return 'runs Windows'
  const taints = itemsOf(field(item, 'spec', 'taints')).map(taint => textIn(field(taint, 'key')))
  if (labels.get('type') === 'virtual-kubelet' || taints.includes('virtual-kubelet.io/provider')) {
    return 'virtual node, no machine'
  }
  const isFargate = labels.get('eks.amazonaws.com/compute-type') === 'fargate'
  return isFargate ? 'AWS Fargate, no login' : undefined
}
