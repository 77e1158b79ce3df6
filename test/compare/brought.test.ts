import { expect } from 'chai'
import type { NodeChange } from '../../src/compare/facet-changes.ts'
import { broughtIn } from '../../src/compare/suspects/brought.ts'
import { joinTogether } from '../../src/compare/suspects/together.ts'
import type { Weighed } from '../../src/compare/suspects/rank.ts'
import { partsOf } from '../../src/model/drift.ts'
import type { NodeFacts } from '../../src/model/audit.ts'
import { node } from '../report/audits.ts'

const change = (type: NodeChange['type'], name: string, more: Partial<NodeChange> = {}): NodeChange => ({
  type,
  name,
  change: 'changed',
  ...more,
})
const groups = (facts: readonly NodeChange[], system: NodeFacts = {}): readonly string[] => {
  const brought = broughtIn({ facts, after: node('a', [], { facts: system }) }, ['container'])
  const keys = [...new Set([...brought.values()].map(({ key }) => key))]
  return keys.map(key => {
    const members = facts.filter(one => brought.get(one)?.key === key)
    return `${brought.get(members[0] ?? change('boot', ''))?.by ?? ''}: ${members.map(({ name }) => name).join(' ')}`
  })
}

const byDpkg = (name: string, since: number): NodeChange =>
  change('package', name, { manager: 'dpkg', since })
const weighed = (name: string, more: Partial<Weighed> = {}): Weighed => ({
  cause: { type: 'package', name },
  nodes: new Map([['a', undefined]]),
  origin: { by: 'transaction', key: 'k' },
  reached: new Set(['a']),
  excluded: new Set(),
  advised: false,
  evidence: [{ shows: 'advisory', title: name }],
  ...more,
})

describe('what brought changes', () => {
  it('is one transaction by rpm’s id, or where there is none, by the same moment', () => {
    const at = (name: string, transaction: number, since: number) =>
      change('package', name, { manager: 'rpm', transaction, since })
    expect(groups([at('a-selinux', 7, 100), at('b', 7, 102), at('c', 8, 102)])).to.deep.equal([
      'transaction: a-selinux b',
      'transaction: c',
    ])
    const stamped = (name: string, since: number) => change('package', name, { since })
    expect(groups([stamped('a', 5), stamped('b', 5), stamped('c', 6)])).to.deep.equal([
      'transaction: a b',
      'transaction: c',
    ])
    expect(groups([change('package', 'a')])).to.deep.equal([])
  })

  it('is one run of dpkg where minutes lie between its packages', () => {
    expect(groups([byDpkg('c', 900), byDpkg('a', 1000), byDpkg('b', 1200), byDpkg('d', 9000)])).to.deep.equal(
      ['transaction: c a b', 'transaction: d'],
    )
  })

  it('is the snapshot or deployment that was booted, with its kernel and the boot', () => {
    const all = [
      change('package', 'a', { transaction: 7 }),
      change('package', 'b', { transaction: 8 }),
      change('kernel', 'release'),
      change('boot', 'boot', { since: 9 }),
    ]
    expect(groups(all, { updates: 'ostree' })).to.deep.equal(['deployment: a b release boot'])
    expect(groups(all, { updates: 'snapshots' })).to.deep.equal(['snapshot: a b release boot'])
    expect(groups(all)).to.deep.equal(['transaction: a', 'transaction: b'])
    // Not booted, it came otherwise; and a boot alone is no update.
    expect(groups(all.slice(0, 1), { updates: 'ostree' })).to.deep.equal(['transaction: a'])
    expect(groups(all.slice(3), { updates: 'ostree' })).to.deep.equal([])
  })

  it('is the upgrade of the system, with the boot, the command line and the mode’s file, and with one transaction', () => {
    const all = [
      change('os', 'release'),
      change('command-line', 'enforcing', { change: 'appeared' }),
      change('file', '/etc/selinux/config'),
      change('file', '/etc/containerd/config.toml'),
      change('kernel', 'release'),
      change('boot', 'boot', { since: 9 }),
    ]
    const [a, b] = [change('package', 'a', { transaction: 7 }), change('package', 'b', { transaction: 8 })]
    const ofSystem = 'release enforcing /etc/selinux/config release boot'
    expect(groups(all)).to.deep.equal([`upgrade: ${ofSystem}`])
    expect(groups([a, ...all])).to.deep.equal([`upgrade: a ${ofSystem}`])
    expect(groups([a, b, ...all])).to.deep.equal(['transaction: a', 'transaction: b', `upgrade: ${ofSystem}`])
    // Not booted since, nothing of it is in effect; and an image brings its own release.
    expect(groups(all.slice(0, 5))).to.deep.equal([])
    expect(groups([a, ...all], { updates: 'ostree' })).to.deep.equal([
      'deployment: a release enforcing release boot',
    ])
  })

  it('brings and takes modules that packages bring, where one transaction changed policy packages', () => {
    const module = change('module', 'container', { change: 'vanished' })
    const local = change('module', 'local_thing', { change: 'appeared' })
    const policy = (name: string, transaction: number) => change('package', name, { transaction })
    expect(groups([policy('container-selinux', 7), module, local])).to.deep.equal([
      'transaction: container-selinux container',
    ])
    expect(groups([policy('container-selinux', 7), policy('k3s-selinux', 8), module])).to.deep.equal([
      'transaction: container-selinux',
      'transaction: k3s-selinux',
    ])
    expect(groups([policy('runc', 7), module])).to.deep.equal(['transaction: runc'])
  })

  it('is one candidate where it bears alike, and stays several where it does not', () => {
    const all = [
      weighed('one'),
      weighed('two', { nodes: new Map([['a', 5]]) }),
      weighed('three', { advised: true }),
      weighed('four', { reached: new Set() }),
      weighed('five', { origin: { by: 'transaction', key: 'other' } }),
    ]
    const joined = joinTogether(all)
    expect(
      joined.map(({ cause }) =>
        partsOf(cause)
          .map(({ name }) => name)
          .join('+'),
      ),
    ).to.deep.equal(['one+two', 'three', 'four', 'five'])
    expect(joined[0]?.nodes.get('a')).to.equal(5)
    expect(joined[0]?.evidence).to.deep.equal([
      { shows: 'advisory', title: 'one' },
      { shows: 'advisory', title: 'two' },
    ])
  })
})
