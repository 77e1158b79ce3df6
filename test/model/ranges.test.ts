import { expect } from 'chai'
import {
  epochSeconds,
  firstMoment,
  isPhrase,
  isWord,
  lastMoment,
  optionalMoment,
  wholeNumber,
} from '../../src/model/ranges.ts'

const absurd = [
  '99999999999999',
  '-1',
  '1e400',
  '1e9',
  'NaN',
  'Infinity',
  '0x5f5e100',
  ' 1700000000',
  '1700000000 ',
  '1_700_000_000',
  '٠١٢٣',
  '9'.repeat(400),
  '8640000000001',
  '',
]

describe('a time', () => {
  for (const text of absurd)
    it(`is none of a node’s: ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect(epochSeconds(text)).to.equal(undefined)
      expect(optionalMoment(text)).to.equal(text === '' ? 'none' : 'nonsense')
    })

  it('is read between 1990 and 2200, with a fraction too', () => {
    expect(epochSeconds('1700596261.324')).to.equal(1_700_596_261.324)
    expect(epochSeconds(String(firstMoment))).to.equal(firstMoment)
    expect(epochSeconds(String(lastMoment))).to.equal(lastMoment)
    expect(epochSeconds(String(firstMoment - 1))).to.equal(undefined)
    expect(epochSeconds(String(lastMoment + 1))).to.equal(undefined)
  })

  it('that images and reproducible builds set is no time, and no nonsense', () => {
    for (const text of ['0', '1', '315532800', '(none)']) expect(optionalMoment(text)).to.equal('none')
    expect(optionalMoment('1700000000')).to.equal(1_700_000_000)
  })
})

describe('a whole number', () => {
  it('lies between its bounds, in plain decimals', () => {
    expect(wholeNumber('0', 0, 10)).to.equal(0)
    expect(wholeNumber('10', 0, 10)).to.equal(10)
    for (const text of ['11', '-0', '+1', '1.0', '1e1', '', undefined, '9'.repeat(16)])
      expect(wholeNumber(text, 0, 10), String(text)).to.equal(undefined)
  })
})

describe('a name', () => {
  it('is some visible characters', () => {
    expect(isWord('container-selinux')).to.equal(true)
    expect(isWord('größe')).to.equal(true)
    for (const text of ['', 'a b', 'a\u0000', 'a\u202eb', 'a\u00a0b', 'a\ud800', 'a'.repeat(256), undefined])
      expect(isWord(text), JSON.stringify(text)).to.equal(false)
    expect(isPhrase('Fedora Linux 39 (Server Edition)')).to.equal(true)
    for (const text of ['', 'a\nb', 'a\u2028b', 'a\u001b[2J', 'a'.repeat(5000)])
      expect(isPhrase(text), JSON.stringify(text.slice(0, 9))).to.equal(false)
  })
})
