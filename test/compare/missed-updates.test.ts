import { expect } from 'chai'
import { missedUpdates } from '../../src/compare/missed-updates.ts'
import { baselineNotes } from '../../src/compare/notes.ts'
import { facetTypes, type Facet, type Facets } from '../../src/model/facet.ts'
import { node } from '../report/audits.ts'

const facet = (items: Readonly<Record<string, string>>, isComplete = true): Facet => ({
  state: 'read',
  isComplete,
  items: new Map(Object.entries(items).map(([name, value]) => [name, { value }])),
})
const none = facet({})
const bare = Object.fromEntries(facetTypes.map(type => [type, none])) as Facets // every type is in the list
const facets = (pending: Facet, packages: Facet): ReadonlyMap<string, Facets> =>
  new Map([['m-1', { ...bare, pending, package: packages }]])
const missed = (before: ReadonlyMap<string, Facets>, after: ReadonlyMap<string, Facets>, isBooted = true) =>
  missedUpdates(
    [
      {
        node: 'm-1',
        before: node('m-1', []),
        after: node('m-1', []),
        facts: isBooted ? [{ type: 'boot', name: 'boot', change: 'changed' }] : [],
        outcomes: [],
        uncompared: [],
        isReinstalled: false,
      },
    ],
    before,
    after,
  ).map(({ packages, nodes }) => `${packages.join(', ')} on ${nodes.join(' ')}`)

describe('an update that was pending', () => {
  const [old, new2, new3] = [facet({ x: '1' }), facet({ x: '2' }), facet({ x: '3' })]
  const before = facets(new2, old)

  it('did not come where the node was booted and it neither runs nor is pending', () => {
    expect(missed(before, facets(none, old))).to.deep.equal(['x 2 on m-1'])
  })

  it('is no news where it runs, still waits, was replaced by another, or nothing was booted', () => {
    expect(missed(before, facets(none, new2))).to.deep.equal([])
    expect(missed(before, facets(new2, old))).to.deep.equal([])
    expect(missed(before, facets(new3, old))).to.deep.equal([])
    expect(missed(before, facets(none, new3))).to.deep.equal([])
    expect(missed(before, facets(none, old), false)).to.deep.equal([])
    expect(missed(facets(none, old), facets(none, old))).to.deep.equal([])
  })

  it('is not said to be missed where that could not be read, or only in part', () => {
    const unreadable: Facet = { state: 'unreadable', why: 'w' }
    expect(missed(before, facets(unreadable, old))).to.deep.equal([])
    expect(missed(before, facets(none, unreadable))).to.deep.equal([])
    expect(missed(before, facets(facet({}, false), old))).to.deep.equal([])
  })

  it('is a note of the run', () => {
    const notes = baselineNotes(
      {
        state: 'compared',
        run: 'r',
        startedAt: 0,
        sameTool: true,
        sameProfiles: true,
        compared: [],
        policies: [],
        changes: [],
        suspects: [],
        unexplained: [],
        onsets: [],
        returned: [],
        newlyAsked: [],
        missed: [{ packages: ['x 2'], nodes: ['m-1', 'm-2'] }],
      },
      { startedAt: 0, failOn: 'any', wanted: true },
    )
    expect(notes[0]).to.match(/^m-\[1-2\]: rebooted, and the pending update did not come: x 2 neither runs/)
  })
})
