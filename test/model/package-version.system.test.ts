import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { comparePackageVersions } from '../../src/model/package-version.ts'
import { needs } from '../tools.ts'

describe('versions of Debian packages', () => {
  it('are ordered as dpkg does, 600 pairs, other ones in every run', function () {
    this.timeout(600_000)
    needs(this, 'dpkg')
    const word = fc.constantFrom('0', '1', '00', '01', '10', '9', 'a', 'b', 'A', 'rc', '.', '~', '~~', '+')
    const upstream = fc
      .array(fc.oneof({ weight: 5, arbitrary: word }, { weight: 1, arbitrary: fc.constant('-') }), {
        maxLength: 6,
      })
      .map(parts => `1${parts.join('')}`)
    const epoch = fc.constantFrom('', '', '', '0:', '1:', '2:')
    const revision = fc.array(word, { minLength: 1, maxLength: 4 }).map(parts => `-${parts.join('')}`)
    const version = fc
      .tuple(epoch, upstream, fc.option(revision, { nil: '' }))
      .map(all => all.join(''))
      // A dash at the end is no version: the revision would be empty.
      .filter(text => !text.endsWith('-'))
    const pairs = fc.sample(fc.tuple(version, version), 600)
    const script =
      'while read a b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi; done'
    const { stdout, stderr } = spawnSync('sh', ['-c', script], {
      input: pairs.map(pair => `${pair.join(' ')}\n`).join(''),
      encoding: 'utf8',
    })
    expect(stderr.slice(0, 300)).to.equal('')
    const said = stdout.trim().split('\n').map(Number)
    expect(said).to.have.lengthOf(pairs.length)
    const wrong = pairs.filter(([a, b], index) => comparePackageVersions(a, b, 'dpkg') !== said[index])
    expect(wrong).to.deep.equal([])
  })
})

describe('versions of rpm packages', () => {
  for (const [older, newer] of [
    ['2.222.0-1.fc39', '2.226.0-1.fc39'],
    ['2.226.0-1.fc39', '2.226.0-2.fc39'],
    ['9:1.0-1', '10:0.1-1'],
    ['2:3.0-1', '3:1.0-1'],
    ['20231012-1.1', '20231030-1.1'],
    ['1.0~rc1-1', '1.0-1'],
    ['1.0-1', '1.0^git1-1'],
  ] as const)
    it(`${older} is older than ${newer}`, () => {
      expect(comparePackageVersions(older, newer, 'rpm')).to.equal(-1)
      expect(comparePackageVersions(newer, older, 'rpm')).to.equal(1)
      expect(comparePackageVersions(newer, newer, 'rpm')).to.equal(0)
    })
})
