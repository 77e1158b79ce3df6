import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { rollBackAdvice } from '../../src/compare/roll-back.ts'
import type { NodeChange } from '../../src/compare/facet-changes.ts'
import type { Pair } from '../../src/compare/pairs.ts'
import type { NodeFacts } from '../../src/model/audit.ts'
import { parseYaml } from '../../src/model/yaml.ts'
import { knowledge } from '../lab/fleet.ts'
import { node } from '../report/audits.ts'

interface Row {
  readonly os: readonly [id: string, like: string, version: string]
  readonly updates?: 'snapshots' | 'ostree'
  readonly managedBy?: 'machine-config'
  readonly do?: string
  readonly hold?: string
  readonly note?: string
  readonly boots?: boolean
  readonly none?: string
}
const rows = parseYaml(readFileSync('test/fixtures/ways-back.yaml', 'utf8')).value as readonly Row[] // our own data

const update = (name: string, more: Partial<NodeChange> = {}): NodeChange => ({
  type: 'package',
  name,
  change: 'changed',
  before: '2:2.222.0-1.x',
  after: '2:2.226.0-1.x',
  direction: 'up',
  transaction: 7,
  ...more,
})
const pair = (name: string, facts: NodeFacts, changes: readonly NodeChange[]): Pair => ({
  node: name,
  before: node(name, []),
  after: node(name, [], { facts }),
  facts: changes,
  outcomes: [],
  uncompared: [],
  isReinstalled: false,
})
const selinux = { type: 'package', name: 'container-selinux' } as const
const fedora = { osId: 'fedora' }

const commandsOf = (changes: readonly NodeChange[], cause: Parameters<typeof rollBackAdvice>[0] = selinux) =>
  rollBackAdvice(cause, [pair('a', fedora, changes)], knowledge.rollBack).map(one =>
    'do' in one ? one.do : one.none,
  )

describe('the way back', () => {
  for (const { os, updates, managedBy, ...wanted } of rows)
    it(`of ${os.filter(Boolean).join(', ')}${updates ? `, by ${updates}` : ''}${managedBy ? `, ${managedBy}` : ''}`, () => {
      const [osId, like, osVersion] = os
      const facts: NodeFacts = {
        osId,
        osLike: like.split(' ').filter(Boolean),
        osVersion,
        ...(updates ? { updates } : {}),
        ...(managedBy ? { managedBy } : {}),
      }
      const [way, ...more] = rollBackAdvice(
        selinux,
        [pair('a', facts, [update('container-selinux')])],
        knowledge.rollBack,
      )
      expect(more).to.deep.equal([])
      if (!way) throw new Error('nothing is said')
      if ('none' in way) expect(way.none).to.contain(wanted.none ?? 'a command')
      else {
        expect(way.do).to.equal(wanted.do)
        expect(way.boots ?? false).to.equal(wanted.boots ?? false)
        if (wanted.hold !== undefined) expect(way.hold).to.equal(wanted.hold)
        if (wanted.note !== undefined) expect(way.note).to.contain(wanted.note)
      }
    })

  it('takes the policy packages of one transaction back together, and no others', () => {
    const all = [
      update('container-selinux'),
      update('selinux-policy'),
      update('containerd'),
      update('selinux-policy-mls', { transaction: 8 }),
    ]
    expect(commandsOf(all)).to.deep.equal([
      'dnf downgrade -y container-selinux-2.222.0-1.x selinux-policy-2.222.0-1.x',
    ])
  })

  it('takes all that a cause names back with one command', () => {
    const together = {
      by: 'transaction',
      with: [
        { type: 'package', name: 'runc' },
        { type: 'module', name: 'container' },
      ],
    } as const
    expect(commandsOf([update('container-selinux'), update('runc')], { ...selinux, together })).to.deep.equal(
      ['dnf downgrade -y container-selinux-2.222.0-1.x runc-2.222.0-1.x'],
    )
  })

  it('leads up again for what went down, and installs again all policy packages that went', () => {
    const down = update('container-selinux', { direction: 'down' })
    expect(commandsOf([down])).to.deep.equal(['dnf install container-selinux-2.222.0-1.x'])
    const { direction: _, after: __, ...old } = down
    const went = ['rke2-selinux', 'container-selinux', 'podman'].map(name => ({
      ...old,
      name,
      change: 'vanished' as const,
    }))
    for (const cause of [
      { type: 'module', name: 'container', from: 'priority 200' },
      { ...selinux, from: '2:2.222.0-1.x' },
    ] as const)
      expect(commandsOf(went, cause)).to.deep.equal(['dnf install container-selinux rke2-selinux'])
    expect(commandsOf(went, { type: 'package', name: 'podman', from: '1' })).to.deep.equal([])
  })

  it('is not told of what is no package, or of a name or version that is no plain word', () => {
    expect(commandsOf([], { type: 'boot', name: 'boot' })).to.deep.equal([])
    for (const before of ['1; reboot', '$(reboot)', '{{ x }}', "1'", '1, 2'])
      expect(commandsOf([update('container-selinux', { before })])).to.deep.equal([])
  })
})
