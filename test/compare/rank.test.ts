import { expect } from 'chai'
import type { Weighed } from '../../src/compare/suspects/rank.ts'
import { rankSuspects, type Subject } from '../../src/compare/suspects/rank.ts'
import { chanceOf } from '../../src/compare/suspects/exact-test.ts'

const candidate = (name: string, nodes: readonly string[], more: Partial<Weighed> = {}): Weighed => ({
  cause: { type: 'package', name, to: '2' },
  nodes: new Map(nodes.map(node => [node, 1000])),
  reached: new Set(),
  excluded: new Set(),
  advised: false,
  evidence: [],
  ...more,
})
const subjects = (drifted: readonly string[], fine: readonly string[] = []): readonly Subject[] => [
  ...drifted.map(node => ({ node, drifted: true })),
  ...fine.map(node => ({ node, drifted: false })),
]
const leads = (...all: Parameters<typeof rankSuspects>): readonly string[] =>
  rankSuspects(...all)
    .filter(one => one.leads)
    .map(({ cause, basis, nodes, tied }) =>
      [basis, [cause, ...tied].map(({ name }) => name).join('|'), nodes.join('')].join(' '),
    )

describe('the ranking of causes', () => {
  const many = ['d', 'e', 'f', 'g', 'h', 'i', 'j', 'k']

  it('puts what is shown to change the answer before what only coincides', () => {
    const all = [
      candidate('twin', ['a', 'b']),
      candidate('shown', ['a', 'b'], { reached: new Set(['a', 'b']) }),
    ]
    expect(leads('check', subjects(['a', 'b'], many), all)).to.deep.equal(['mechanism shown ab'])
  })

  it('ties what changed on the very same nodes, and only that', () => {
    const all = [
      candidate('one', ['a', 'b', 'c']),
      candidate('two', ['a', 'b', 'c']),
      candidate('three', ['a', 'b', 'c', 'd']),
    ]
    expect(leads('check', subjects(['a', 'b', 'c'], many), all)).to.deep.equal(['counts one|two abc'])
  })

  it('asks again after the nodes that the first cause leaves unexplained', () => {
    const all = [
      candidate('one', ['a', 'b'], { reached: new Set(['a', 'b']) }),
      candidate('two', ['c'], { reached: new Set(['c']) }),
    ]
    expect(leads('check', subjects(['a', 'b', 'c'], many), all)).to.deep.equal([
      'mechanism one ab',
      'mechanism two c',
    ])
    expect(leads('check', subjects(['a', 'b', 'd']), all)).to.deep.equal(['mechanism one ab'])
  })

  it('lets an advisory for the very version decide between twins', () => {
    const reached = new Set(['a'])
    const all = [
      candidate('a-twin', ['a'], { reached }),
      candidate('known', ['a'], { reached, advised: true }),
    ]
    expect(leads('check', subjects(['a'], many), all)).to.deep.equal(['mechanism known a'])
  })

  it('leaves out what came after the first sign, or is shown not to be it', () => {
    const late = candidate('late', ['a'], { nodes: new Map([['a', 90_000]]), reached: new Set(['a']) })
    const not = candidate('not', ['a'], { excluded: new Set(['a']) })
    expect(leads('check', [{ node: 'a', drifted: true, firstSign: 1000 }], [late, not])).to.deep.equal([])
  })

  it('names the one whose time is nearest first among twins, and keeps the tie', () => {
    const reached = new Set(['a'])
    const far = candidate('a-far', ['a'], { reached, nodes: new Map([['a', 100]]) })
    const near = candidate('near', ['a'], { reached, nodes: new Map([['a', 990]]) })
    expect(leads('check', [{ node: 'a', drifted: true, firstSign: 1000 }], [far, near])).to.deep.equal([
      'mechanism near|a-far a',
    ])
  })

  it('is weak if everything changed everywhere at once, or if it leaves a node unexplained by numbers alone', () => {
    const [all, most] = [candidate('all', ['a', 'b', 'c']), candidate('most', ['a', 'b'])]
    expect(leads('check', subjects(['a', 'b', 'c']), [all])).to.deep.equal(['weak all abc'])
    expect(leads('check', subjects(['a', 'b', 'c'], many), [most])).to.deep.equal(['weak most ab'])
  })

  // Fisher's tea: of 4 cups, all 4 right: 1 in 70. Three right: 17 in 70.
  for (const [table, chance] of [
    [[4, 0, 0, 4], 1 / 70],
    [[3, 1, 1, 3], 17 / 70],
    [[0, 3, 2, 1], 1],
    [[2, 0, 0, 0], 1],
  ] as const)
    it(`has a chance of ${chance.toFixed(4)} where the table is ${table.join(', ')}`, () => {
      const [changedDrifted, changedFine, unchangedDrifted, unchangedFine] = table
      expect(chanceOf({ changedDrifted, changedFine, unchangedDrifted, unchangedFine })).to.be.closeTo(
        chance,
        1e-9,
      )
    })
})
