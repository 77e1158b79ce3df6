import { expect } from 'chai'
import * as fc from 'fast-check'
import { maskOwn } from '../../src/model/mask.ts'

const own = { name: 'worker-1', address: '10.0.0.1:22' }

describe('what is a node’s own', () => {
  for (const [text, masked] of [
    ['node worker-1: no TCP connection to 10.0.0.1:22', 'node NODE: no TCP connection to ADDRESS'],
    ['worker-1', 'NODE'],
    ['--nodeid=worker-1.', '--nodeid=NODE.'],
    [
      'worker-10 and my-worker-1 and worker-1.example.org',
      'worker-10 and my-worker-1 and worker-1.example.org',
    ],
    ['from 10.0.0.1, not 10.0.0.17', 'from ADDRESS, not 10.0.0.17'],
    ['pod 6f1c0f5e-3a0b-4c7e-9f0a-0123456789ab', 'pod UUID'],
    ['id 0123456789abcdef0123456789abcdef', 'id ID'],
    ['nothing of it', 'nothing of it'],
  ] as const)
    it(`is masked, and nothing else: ${text}`, () => expect(maskOwn(text, own)).to.equal(masked))

  it('leaves texts of two nodes alike that differ by it alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z ]{1,8}$/), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 1, max: 999 }),
        (words, one, other) => {
          const said = (index: number): string =>
            maskOwn(words.join(` node-${index} `), { name: `node-${index}`, address: `10.1.2.3:${index}` })
          expect(said(one)).to.equal(said(other))
        },
      ),
    )
  })

  it('takes no long time, whatever the text', () => {
    const text = 'worker-1 '.repeat(20_000)
    expect(maskOwn(text, own)).to.equal('NODE '.repeat(20_000))
  })
})
