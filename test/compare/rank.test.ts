import { expect } from 'chai'
import * as fc from 'fast-check'
import { chanceOf } from '../../src/compare/suspects/exact-test.ts'
import { rankSuspects, type Candidate, type Subject } from '../../src/compare/suspects/rank.ts'

interface Planted {
  readonly subjects: readonly Subject[]
  readonly candidates: readonly Candidate[]
  readonly culprit: ReadonlySet<string>
  readonly isMechanism: boolean
}

/** A fleet in which one change broke exactly the nodes that took it, among up to eight innocent ones. */
const fleets: fc.Arbitrary<Planted> = fc
  .record({
    size: fc.integer({ min: 1, max: 40 }),
    seeds: fc.array(fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), { minLength: 1, maxLength: 9 }),
    twins: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
    isMechanism: fc.boolean(),
    at: fc.nat(8),
    late: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
  })
  .map(({ size, seeds, twins, isMechanism, at, late }) => {
    const names = Array.from({ length: size }, (_, index) => `node-${index}`)
    const sets = seeds.map(seed => new Set(names.filter((_, index) => seed[index])))
    const which = at % sets.length
    const culprit = sets[which]?.size ? (sets[which] ?? new Set<string>()) : new Set(names.slice(0, 1))
    const candidates = sets.map((own, index): Candidate => {
      const isCulprit = index === which
      const nodes = isCulprit || twins[index] ? culprit : own
      // An innocent one may have come only after the first sign.
      const came = !isCulprit && late[index] ? 20_000 : 1000
      return {
        cause: { type: 'package', name: isCulprit ? 'culprit' : `innocent-${index}`, to: '2' },
        isMechanism: isMechanism && isCulprit,
        nodes: new Map([...nodes].map(node => [node, came])),
        evidence: [],
      }
    })
    const subjects = names.map((node): Subject => ({
      node,
      drifted: culprit.has(node),
      ...(culprit.has(node) ? { firstSign: 2000 } : {}),
    }))
    return { subjects, candidates, culprit, isMechanism }
  })

describe('the causes of a failure', () => {
  it('are found among innocent ones, or said to be tied, in 500 fleets; never is another one certain', () => {
    fc.assert(
      fc.property(fleets, ({ subjects, candidates, culprit, isMechanism }) => {
        const [top, ...others] = rankSuspects('check', subjects, candidates)
        if (!top) throw new Error('no suspect')
        const names = [top.cause, ...top.tied].map(({ name }) => name)
        if (isMechanism || top.basis !== 'weak') expect(names).to.include('culprit')
        if (isMechanism) expect(names).to.deep.equal(['culprit'])
        // Whoever has the culprit's nodes, and came in time, cannot be told from it by counting.
        const twins = candidates.filter(
          ({ nodes }) =>
            nodes.size === culprit.size &&
            [...nodes].every(([node, came]) => culprit.has(node) && (came ?? 0) < 2000),
        )
        if (!isMechanism && names.includes('culprit'))
          expect(names.toSorted()).to.deep.equal(twins.map(({ cause }) => cause.name).toSorted())
        if (top.basis === 'counts') expect(top.chance).to.be.below(0.05)
        expect(others.every(other => other.basis !== 'mechanism' || isMechanism)).to.equal(true)
      }),
      { numRuns: 500 },
    )
  })

  it('are none if everything changed everywhere at once', () => {
    const nodes = new Map(['a', 'b', 'c'].map(node => [node, 1]))
    const candidate = (name: string): Candidate => ({
      cause: { type: 'package', name },
      isMechanism: false,
      nodes,
      evidence: [],
    })
    const subjects = ['a', 'b', 'c'].map((node): Subject => ({ node, drifted: true }))
    const [top] = rankSuspects('check', subjects, [candidate('one'), candidate('two')])
    expect(top?.basis).to.equal('weak')
    expect(top?.tied).to.have.length(1)
  })

  // Fisher's tea: of 4 cups, all 4 right: 1 in 70. Three right: 17 in 70.
  for (const [table, chance] of [
    [[4, 0, 0, 4], 1 / 70],
    [[3, 1, 1, 3], 17 / 70],
    [[0, 3, 2, 1], 1],
    [[2, 0, 0, 0], 1],
  ] as const)
    it(`have a chance of ${chance.toFixed(4)} where the table is ${table.join(', ')}`, () => {
      const [changedDrifted, changedFine, unchangedDrifted, unchangedFine] = table
      expect(chanceOf({ changedDrifted, changedFine, unchangedDrifted, unchangedFine })).to.be.closeTo(
        chance,
        1e-9,
      )
    })
})
