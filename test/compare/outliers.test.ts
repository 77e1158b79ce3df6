import { expect } from 'chai'
import { outliersOf } from '../../src/compare/outliers.ts'
import type { NodeAudit } from '../../src/model/audit.ts'
import { facetTypes, type Facet, type Facets } from '../../src/model/facet.ts'
import { outlierRows } from '../../src/report/outliers.ts'
import { auditOf, node } from '../report/audits.ts'

const none: Facet = { state: 'read', isComplete: true, items: new Map() }
// every type is there
const bare = Object.fromEntries(facetTypes.map(type => [type, none])) as Facets
const facetsWith = (packages: Readonly<Record<string, string>>, isComplete = true): Facets => ({
  ...bare,
  package: {
    state: 'read',
    isComplete,
    items: new Map(Object.entries(packages).map(([name, value]) => [name, { value }])),
  },
})

const found = (
  fleet: Readonly<Record<string, Facets>>,
  peers: (name: string) => string = () => 'fedora 39',
) => {
  const nodes = Object.keys(fleet).map((name): NodeAudit => node(name, [], { peers: peers(name) }))
  return rowsOf(nodes, new Map(Object.entries(fleet)))
}
const rowsOf = (nodes: readonly NodeAudit[], facets: ReadonlyMap<string, Facets>) =>
  outlierRows({ ...auditOf([], nodes), outliers: outliersOf(nodes, facets) }).map(
    ({ where, what }) => `${where}: ${what}`,
  )
const judged = (name: string, status: 'pass' | 'fail' | 'unknown') =>
  node(name, [{ check: 'labels', status, severity: 'high' }], { peers: 'fedora 39' })
const usual = facetsWith({ containerd: '1.6.23' })

describe('nodes unlike their peers', () => {
  it('are told from the majority, in one sentence', () => {
    const odd = facetsWith({ containerd: '1.6.24' })
    expect(found({ a: usual, b: usual, c: odd })).to.deep.equal(['c: containerd 1.6.24 (2 of 3: 1.6.23)'])
    expect(found({ a: usual, b: usual, c: usual, d: odd, e: odd })).to.deep.equal([
      'd, e: containerd 1.6.24 (3 of 5: 1.6.23)',
    ])
  })

  it('are told of what they lack, and of what only they have', () => {
    expect(found({ a: usual, b: usual, c: facetsWith({}) })).to.deep.equal([
      'c: containerd absent (2 of 3: 1.6.23)',
    ])
    expect(
      found({ a: usual, b: usual, c: facetsWith({ containerd: '1.6.23', docker: '20' }) }),
    ).to.deep.equal(['c: docker 20 (2 of 3: absent)'])
  })

  it('are none without a majority, or among two', () => {
    const odd = facetsWith({ containerd: '1.6.24' })
    expect(found({ a: usual, b: odd })).to.deep.equal([])
    expect(found({ a: usual, b: usual, c: odd, d: odd })).to.deep.equal([])
    expect(
      found({ a: usual, b: usual, c: odd }, name => (name === 'c' ? 'rocky 9' : 'fedora 39')),
    ).to.deep.equal([])
  })

  it('are told from checks too, and not from those that could not be judged', () => {
    const facets = new Map(['a', 'b', 'c', 'd'].map(name => [name, bare]))
    const fleet = [judged('a', 'fail'), judged('b', 'fail'), judged('c', 'fail'), judged('d', 'pass')]
    expect(rowsOf(fleet, facets)).to.deep.equal(['d: passes labels (3 of 4: fails)'])
    expect(rowsOf([...fleet.slice(0, 3), judged('d', 'unknown')], facets)).to.deep.equal([])
  })

  it('are not made of values that differ by their own names alone', () => {
    const names = ['a-1', 'a-10', 'b-1']
    const fleet = names.map(name => [name, facetsWith({ id: `--nodeid=${name}` })] as const)
    expect(found(Object.fromEntries(fleet))).to.deep.equal([])
  })

  it('are not made of what could not be read', () => {
    const unread: Facets = { ...usual, package: { state: 'unreadable', why: 'no rpm' } }
    expect(found({ a: usual, b: usual, c: usual, d: unread })).to.deep.equal([])
    expect(found({ a: usual, b: usual, c: usual, d: facetsWith({}, false) })).to.deep.equal([])
  })
})
