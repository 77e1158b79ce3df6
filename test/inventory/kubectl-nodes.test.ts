import { expect } from 'chai'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { SefleetError } from '../../src/errors.ts'
import { createBuilder } from '../../src/inventory/sources/builder.ts'
import { placeOf, type Inventory } from '../../src/inventory/inventory.ts'
import { isKubectlOutput, readKubectlNodes } from '../../src/inventory/sources/kubectl-nodes.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { nodeOf } from '../../src/inventory/connection/node.ts'
import { selectNames } from '../../src/inventory/select.ts'
import { variablesIn } from '../../src/inventory/variables/layers.ts'
import { parseJsonText } from '../../src/model/json-text.ts'
import { parseAnsibleYaml } from '../../src/model/ansible-yaml.ts'
import type { YamlTree } from '../../src/model/yaml-tree.ts'
import { expectGolden } from '../golden.ts'

const folder = 'test/fixtures/inventory/kubectl'
const outputs = readdirSync(folder).filter(name => ['.json', '.yaml'].includes(extname(name)))

const treeOf = (file: string): YamlTree => {
  const text = readFileSync(file, 'utf8')
  return extname(file) === '.json' ? parseJsonText(text) : parseAnsibleYaml(text)
}

interface Read {
  readonly inventory: Inventory
  readonly warnings: readonly string[]
}

const read = (name: string, before?: string): Read => {
  const warnings: string[] = []
  const earlier =
    before === undefined ? [] : [join(mkdtempSync(join(tmpdir(), 'sefleet-kubectl-')), 'before.yaml')]
  for (const file of earlier) writeFileSync(file, before ?? '')
  const inventory = loadInventory([...earlier, name], {
    base: folder,
    warn: sentence => warnings.push(sentence),
  })
  for (const file of earlier) rmSync(dirname(file), { recursive: true })
  return { inventory, warnings }
}

const select = (name: string, limit: string): readonly string[] =>
  selectNames(read(name).inventory, { limit })

const options = { becomes: false, kind: 'ssh', onUnused: () => {} } as const

/** Each node with where it is reached and why there, its peers and its groups; then the warnings. */
const told = ({ inventory, warnings }: Read): string => {
  const variablesOf = variablesIn(inventory)
  const nodes = [...inventory.hosts.values()].flatMap(host => {
    const node = nodeOf(inventory, host, variablesOf(host), options)
    const variable = host.variables.get('ansible_host')
    return [
      node.name,
      `  at ${node.connection.kind === 'ssh' ? node.connection.host : 'this machine'}${variable ? ` (${placeOf(variable)})` : ''}`,
      `  peers: ${node.peers}`,
      ...node.groups.map(group => `  ${group}`),
    ]
  })
  return [...nodes, ...warnings.map(sentence => `! ${sentence}`), ''].join('\n')
}

describe('the nodes of kubectl', () => {
  for (const name of outputs) {
    it(`are an inventory: ${name}`, () => {
      expect(isKubectlOutput(treeOf(join(folder, name)))).to.equal(true)
      expectGolden(join(folder, `${name}.txt`), told(read(name)))
    })
  }

  for (const name of readdirSync(join(folder, 'mistakes'))) {
    it(`have a mistake that is told with its place: ${name}`, () => {
      const file = join(folder, 'mistakes', name)
      const tree = treeOf(file)
      const expected = readFileSync(file, 'utf8').trimEnd().split('\n').at(-1)?.slice(2)
      expect(isKubectlOutput(tree)).to.equal(true)
      expect(() => readKubectlNodes(createBuilder(), 'FILE', tree))
        .to.throw(SefleetError)
        .with.property('message', expected)
    })
  }

  it('can be selected by role and label', () => {
    expect(select('rke2.yaml', 'label_topology_kubernetes_io_zone_eu_1b:&worker')).to.deep.equal(['rke-w-1'])
    expect(select('k3s.json', 'all:!control_plane')).to.deep.equal(['storage-2', 'storage-3'])
  })

  it('keep what an inventory before says of them', () => {
    const { inventory } = read('k3s.json', 'racks: {hosts: {storage-2: {ansible_user: audit}}}')
    const host = inventory.hosts.get('storage-2')
    expect(host && [...host.variables.keys()]).to.deep.equal([
      'ansible_user',
      'ansible_host',
      'sefleet_peers',
    ])
    expect(host?.groups).to.include('racks')
  })

  it('are refused where an inventory before has a group of their name', () => {
    expect(() => read('k3s.json', 'storage-2: {hosts: {db-1: }}')).to.throw(
      /^k3s\.json:\d+:\d+: node 'storage-2' has the name of a group/,
    )
  })

  for (const text of [
    'all: {hosts: {storage-1: }}',
    'apiVersion: apps/v1\nkind: List',
    'apiVersion: v1\nkind: Pod',
    '[]',
    '',
  ])
    it(`are not seen in another text: ${JSON.stringify(text)}`, () => {
      expect(isKubectlOutput(parseAnsibleYaml(text))).to.equal(false)
    })
})
