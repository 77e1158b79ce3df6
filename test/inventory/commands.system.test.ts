import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { graphInventory, listInventory, showHost } from '../../src/inventory/show/listing.ts'
import { needs } from '../tools.ts'
import { withCase } from './agreement.ts'
import { ansiblePython, type InventoryCase } from './oracle.ts'
import { writtenCases } from './written.ts'

const sample = [
  'ini-longhorn-fleet',
  'yaml-k3s-cluster',
  'vars-six-levels',
  'vars-priority',
  'directory-mixed-formats',
]
// In a tree Ansible shows dates in lists and tuples as Python's source would make them, which is of use to nobody; and
// encrypted values it does not draw at all without a password.
const listed = ['scalars-dates', 'scalars-collections', 'yaml-vault-and-unsafe']

// The commands themselves; all else is compared through Ansible's modules, which is faster.
describe('what is printed of an inventory', function () {
  this.timeout(600_000)
  before(function () {
    needs(this, 'ansible')
  })

  for (const name of sample) {
    it(`is read again as the same inventory: ${name}`, () => {
      const data = writtenCases().find(one => one.name === name)
      if (!data) throw new Error(`no case ${name}`)
      const said = withCase(data, inventory => listInventory(inventory))
      const again = { files: { 'hosts.json': said }, sources: ['hosts.json'] }
      expect(withCase(again, inventory => listInventory(inventory))).to.equal(said)
    })
  }

  for (const name of [...sample, ...listed]) {
    it(`is what ansible-inventory prints, byte for byte: ${name}`, () => {
      const data = writtenCases().find(one => one.name === name)
      if (!data) throw new Error(`no case ${name}`)
      withCase(data, (inventory, base) => {
        const all = inventory.groups.get('all')
        const [host = ''] = all?.members ?? []
        if (!all) throw new Error('no group all')
        const graph = listed.includes(name) ? [] : [['--graph', '--vars']]
        expect([
          listInventory(inventory),
          listInventory(inventory, { exported: true }),
          showHost(inventory, host),
          ...graph.map(() => graphInventory(inventory, all, { withVariables: true })),
        ]).to.deep.equal(
          ansible(base, data, [['--list'], ['--list', '--export'], ['--host', host], ...graph]),
        )
      })
    })
  }
})

const ansible = (
  base: string,
  { sources }: InventoryCase,
  asked: readonly (readonly string[])[],
): readonly string[] => {
  const config = join(base, '.ansible.cfg')
  writeFileSync(config, '')
  const said = execFileSync(ansiblePython(), [join(process.cwd(), 'test/inventory/commands.py')], {
    cwd: base,
    encoding: 'utf8',
    input: JSON.stringify(
      asked.map(args => ['inventory', ...sources.flatMap(source => ['-i', source]), ...args]),
    ),
    stdio: 'pipe',
    env: { PATH: process.env['PATH'], HOME: base, LC_ALL: 'C.UTF-8', ANSIBLE_CONFIG: config },
  })
  return JSON.parse(said) as readonly string[] // written by commands.py
}
