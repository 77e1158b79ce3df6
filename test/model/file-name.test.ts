import { expect } from 'chai'
import * as fc from 'fast-check'
import { fileNameFor } from '../../src/model/file-name.ts'

describe('the file name for a node', () => {
  for (const name of ['db-1', 'worker-01.example.com', '10.0.0.7', 'a_b', 'n']) {
    it(`is the name itself where that is safe: ${name}`, () => {
      expect(fileNameFor(name)).to.equal(name)
    })
  }

  it('keeps what is readable of a name that is not', () => {
    expect(fileNameFor('../../etc/passwd')).to.match(/^etc_passwd~[0-9a-f]{12}$/)
    expect(fileNameFor('Web 1')).to.match(/^Web_1~[0-9a-f]{12}$/)
    expect(fileNameFor('fe80::1')).to.match(/^fe80_1~[0-9a-f]{12}$/)
    expect(fileNameFor('日本')).to.match(/^node~[0-9a-f]{12}$/)
  })

  const hostile = [
    '',
    '.',
    '..',
    '../x',
    '/etc',
    'a/b',
    'a\\b',
    'a\0b',
    'a\nb',
    ' a',
    'a ',
    'a.',
    '-a',
    '.a',
    'CON',
    'CON.txt',
    'index',
    'Index',
    '...',
    '\u202egnp',
    'a\u2066b',
    'a\tb',
    'a\r\nb',
    '{{ lookup("pipe", "id") }}',
    'con',
    'aux.html',
    'nul',
    'lpt1',
    'db-1',
    'DB-1',
    'Db-1',
    'ü',
    'u\u0308',
    '%2e%2e',
    'a~0123456789ab',
    'x'.repeat(300),
    `${'x'.repeat(299)}y`,
    '<img src=x>',
    '"',
    "'",
    'a:b',
    'a*b',
    'a?b',
    '😀',
    '\ud800',
  ]
  it('is safe, and unlike every other also where case is ignored', () => {
    const names = hostile.map(fileNameFor)
    expect(new Set(names.map(name => name.toLowerCase())).size).to.equal(hostile.length)
    for (const name of names)
      expect(name)
        .to.match(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$/)
        .and.not.match(/\.$|^(?:con|aux|nul|lpt1)(?:\.|$)|^index$/i)
  })

  it('is different for different names, whatever they hold', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 20 }), names => {
        expect(new Set(names.map(name => fileNameFor(name).toLowerCase())).size).to.equal(names.length)
      }),
    )
  })
})
