import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { stringify } from 'yaml'
import { parseAsk } from '../../src/probes/index.ts'
import { fixturesOf, probeNames, type Fixture } from './fixtures.ts'

/*
 * Each file of test/fixtures/probes is an answer and the reading it must give. UPDATE_GOLDEN=1 rewrites the readings;
 * read the difference as carefully as code.
 */
for (const probe of probeNames)
  describe(`the probe ${probe}`, () => {
    const fixtures = fixturesOf(probe)

    it('has a good answer and a nonsensical one among its fixtures', () => {
      const wanted = probe === 'command' ? ['good'] : ['good', 'nonsense']
      expect(fixtures.map(({ name }) => name)).to.include.members(wanted)
    })

    for (const fixture of fixtures)
      it(`reads ${fixture.name} (${fixture.source})`, () => {
        const reading = withoutHow(parseAsk(fixture.ask, fixture.frame))
        if (process.env['UPDATE_GOLDEN'] === '1') rewrite(fixture, reading)
        else expect(reading).to.deep.equal(fixture.reading)
      })
  })

const withoutHow = (reading: object): unknown => JSON.parse(JSON.stringify(reading))

const rewrite = ({ file }: Fixture, reading: unknown): void => {
  const [kept = ''] = readFileSync(file, 'utf8').split(/^reading:/m)
  writeFileSync(file, `${kept.trimEnd()}\n${stringify({ reading }, { lineWidth: 0 })}`)
}
