import { expect } from 'chai'
import { outliersOf } from '../../src/compare/outliers.ts'
import type { NodeAudit } from '../../src/model/audit.ts'
import { facetTypes, type Facet, type Facets } from '../../src/model/facet.ts'
import { outlierRows } from '../../src/report/outliers.ts'
import { node } from '../report/audits.ts'

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
  return outlierRows(outliersOf(nodes, new Map(Object.entries(fleet)))).map(
    ({ nodes: who, what }) => `${who}: ${what}`,
  )
}
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

  it('are not made of what could not be read', () => {
    const unread: Facets = { ...usual, package: { state: 'unreadable', why: 'no rpm' } }
    expect(found({ a: usual, b: usual, c: usual, d: unread })).to.deep.equal([])
    expect(found({ a: usual, b: usual, c: usual, d: facetsWith({}, false) })).to.deep.equal([])
  })
})
