import { expect } from 'chai'
import { isComplete } from '../../src/model/reading.ts'
import { parseAsk } from '../../src/probes/index.ts'
import { fixturesOf, frameOf } from './fixtures.ts'

/** False green begins where half an answer passes for the whole: the kernel's words come last, and a loss is told there. */
describe('a log of denials that is cut', () => {
  const ask = { probe: 'denials', params: {} } as const
  for (const { name, stdout = '' } of fixturesOf('denials').filter(one =>
    /^#kernel /m.test(one.stdout ?? ''),
  ))
    it(`is never whole, wherever it ends (${name})`, () => {
      for (let end = 0; end < stdout.length; end += 7)
        for (const cut of ['bytes', 'time', undefined] as const) {
          const frame = frameOf(ask, { stdout: stdout.slice(0, end), whole: false, ...(cut ? { cut } : {}) })
          const reading = parseAsk(ask, frame)
          const words = reading.state === 'read' ? reading.value.kernelWords : undefined
          expect(isComplete(reading), `cut at ${end}`).to.equal(false)
          expect(words?.complete ?? false, `cut at ${end}`).to.equal(false)
        }
    })

  it('is as it was, in the answer to an older script', () => {
    const good = fixturesOf('denials').find(({ name }) => name === 'good')
    const reading = parseAsk(ask, frameOf(ask, { stdout: good?.stdout ?? '' }))
    expect(isComplete(reading)).to.equal(true)
    expect(reading.state === 'read' && reading.value.kernelWords).to.equal(undefined)
  })
})
