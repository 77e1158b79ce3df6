import { expect } from 'chai'
import { RegexError, compileRegex } from '../../src/model/regex.ts'

describe('a regular expression of a user’s', () => {
  it('is found anywhere, or from the beginning', () => {
    const regex = compileRegex('eb')
    expect([regex.isIn('web'), regex.startsWith('web'), regex.startsWith('ebb')]).to.deep.equal([
      true,
      false,
      true,
    ])
  })

  it('that backtracking engines choke on is answered', () => {
    expect(compileRegex('^(a+)+$').isIn(`${'a'.repeat(20_000)}!`)).to.equal(false)
  })

  for (const pattern of ['(', '[z-a]', '(a)\\1', '*']) {
    it(`that RE2 does not know is refused: ${pattern}`, () => {
      expect(() => compileRegex(pattern)).to.throw(RegexError)
    })
  }
})
