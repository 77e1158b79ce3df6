import { inspect } from 'node:util'
import { expect } from 'chai'
import { maskerOf } from '../../src/model/mask-secrets.ts'
import { Secret } from '../../src/model/secret.ts'

describe('a secret', () => {
  const secret = new Secret('hunter2-Zq')

  it('is told by reveal alone', () => {
    expect(secret.reveal()).to.equal('hunter2-Zq')
    const told = [
      String(secret),
      [secret].join(),
      JSON.stringify({ secret }),
      inspect({ deep: { secret } }, { showHidden: true, depth: 9 }),
      Object.values(secret).join(),
      JSON.stringify(Object.entries(secret)),
    ]
    expect(told.join('\n')).to.not.include('hunter2')
    expect(told[0]).to.equal('***')
  })

  const mask = maskerOf([secret, undefined, new Secret('a1'), new Secret('longhorn'), new Secret('a+b(c)$')])
  for (const [said, masked] of [
    ['su: hunter2-Zq', 'su: ***'],
    ['x=aHVudGVyMi1acQ==', 'x=***=='],
    ['a1\nba1b a1\n', '***\nba1b a1\n'],
    ['longhorn-manager longhorns', '***-manager longhorns'],
    ['<a+b(c)$>', '<***>'],
    ['nothing', 'nothing'],
  ] as const)
    it(`is taken out of ${JSON.stringify(said)}`, () => {
      expect(mask(said)).to.equal(masked)
    })
})
