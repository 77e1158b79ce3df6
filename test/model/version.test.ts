import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { compareVersions, inRange } from '../../src/model/version.ts'
import { needs } from '../tools.ts'

describe('the order of versions', () => {
  for (const [older, newer] of [
    ['2.205.0', '2.208.0'],
    ['2.9', '2.10'],
    ['1.0~rc1', '1.0'],
    ['1.0', '1.0^git1'],
    ['1.0^git1', '1.0.1'],
    ['1.0a', '1.0.1'],
    ['38.1.11', '38.1.23'],
    ['20231012', '20231030'],
    ['0.14', '0.14.1'],
  ] as const)
    it(`has ${older} before ${newer}`, () => {
      expect(compareVersions(older, newer)).to.equal(-1)
      expect(compareVersions(newer, older)).to.equal(1)
      expect(inRange(older, { before: newer })).to.equal(true)
      expect(inRange(newer, { before: newer })).to.equal(false)
      expect(inRange(newer, { from: newer })).to.equal(true)
      expect(inRange(older, { from: newer })).to.equal(false)
    })

  it('is rpm’s, for any two', function () {
    this.timeout(600_000)
    needs(this, 'rpm')
    // rpm parses what it compares here: no dash, which begins a release, and never nothing.
    const part = fc.constantFrom(
      '0',
      '1',
      '00',
      '01',
      '10',
      '9',
      'a',
      'b',
      'A',
      'rc',
      '.',
      '_',
      '~',
      '^',
      '~~',
      '+',
    )
    const version = fc.array(part, { minLength: 1, maxLength: 7 }).map(parts => parts.join(''))
    const pairs = fc.sample(fc.tuple(version, version), 5000)
    // In slices: one argument may have 128 KiB.
    const said = [0, 1000, 2000, 3000, 4000].flatMap(from => {
      const lua = pairs
        .slice(from, from + 1000)
        .map(([one, other]) => `print(rpm.vercmp("${one}","${other}").." ")`)
        .join(' ')
      const { stdout, stderr } = spawnSync('rpm', ['--eval', `%{lua:${lua}}`], { encoding: 'utf8' })
      expect(stderr.slice(0, 300)).to.equal('')
      return stdout.trim().split(' ')
    })
    const wrong = said
      .map((order, index) => ({ pair: pairs[index] ?? ['', ''], order: Number(order) }))
      .filter(({ pair: [a, b], order }) => compareVersions(a, b) !== order)
    expect(said).to.have.lengthOf(pairs.length)
    expect(wrong).to.deep.equal([])
  })
})
