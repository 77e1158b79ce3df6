import { expect } from 'chai'
import * as fc from 'fast-check'
import { didYouMean, distance, nearest } from '../../src/model/nearest.ts'

describe('the nearest word', () => {
  for (const [word, candidates, wanted] of [
    ['host', ['hosts', 'children', 'vars'], 'hosts'],
    ['childern', ['hosts', 'children', 'vars'], 'children'],
    ['Hosts', ['hosts'], 'hosts'],
    ['wbe', ['web', 'db'], 'web'],
    ['remarks', ['hosts', 'children', 'vars'], undefined],
    ['x', ['db', 'ab'], undefined],
    ['db', ['web', 'dc'], 'dc'],
    ['storage', [], undefined],
    ['ansible_hots', ['ansible_port', 'ansible_host'], 'ansible_host'],
    ['20261123T021500Z', ['20261122T021400Z', '20261123T021400Z'], '20261123T021400Z'],
  ] as const) {
    it(`to '${word}' among ${candidates.join(', ') || 'none'} is ${wanted ?? 'none of them'}`, () => {
      expect(nearest(word, candidates)).to.equal(wanted)
    })
  }

  it('is told in brackets, or not at all', () => {
    expect(didYouMean('host', ['hosts'])).to.equal(" (did you mean 'hosts'?)")
    expect(didYouMean('remarks', ['hosts'])).to.equal('')
  })

  it('counts one edit for one slip, none for none, the same both ways', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '😀'), minLength: 2, maxLength: 8 })
    fc.assert(
      fc.property(word, word, fc.nat(), (a, b, seed) => {
        expect(distance(a, a)).to.equal(0)
        expect(distance(a, b)).to.equal(distance(b, a))
        const letters = Array.from(a)
        const at = seed % letters.length
        expect(distance(a, letters.toSpliced(at, 1).join(''))).to.equal(1)
        expect(distance(a, letters.toSpliced(at, 0, 'x').join(''))).to.equal(1)
        const [first = '', second = ''] = letters.slice(0, 2)
        expect(distance(a, [second, first, ...letters.slice(2)].join(''))).to.equal(first === second ? 0 : 1)
      }),
    )
  })
})
