import { expect } from 'chai'
import { clockStep, doubtedByClock } from '../../src/evaluate/own-clock.ts'
import type { DenialLog } from '../../src/model/denial.ts'
import { read } from '../../src/model/reading.ts'

const log = read<DenialLog>({ denials: [], source: 'ausearch' }, 'ausearch')
const askedAt = 1_795_000_000_000
const seen = (seconds: number) =>
  doubtedByClock('denials', log, { askedAt, clock: { epoch: askedAt / 1000 + seconds, zone: '+0000' } })

const whyOf = (reading: ReturnType<typeof seen>) => (reading.state === 'read' ? reading.coverage : undefined)

describe('a log of denials under a clock that is off', () => {
  for (const seconds of [0, 7200, -7200, 86_000])
    it(`is whole as ever by ${seconds} seconds`, () => expect(seen(seconds)).to.equal(log))

  for (const [seconds, words] of [
    [400 * 86_400, '400 days ahead'],
    [-2 * 86_400, '2 days behind'],
    [86_400, '1 day ahead'],
  ] as const)
    it(`proves nothing ${words}`, () => {
      expect(whyOf(seen(seconds))).to.deep.equal({
        complete: false,
        why: `the node’s clock is ${words}: what is past cannot be told`,
        next: clockStep,
      })
    })

  it('proves nothing where the clock tells a time that can be none', () =>
    expect(whyOf(seen(1e14))).to.deep.equal({
      complete: false,
      why: 'the node’s clock tells a time that can be none: what is past cannot be told',
      next: clockStep,
    }))
})
