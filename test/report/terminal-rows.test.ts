import { expect } from 'chai'
import { rowsOf } from '../../src/report/terminal-rows.ts'

const row = rowsOf(40, text => text)
const within = (text: string, lines: number): readonly string[] =>
  row.within('BECAUSE', text, lines).split('\n')

describe('a row of at most so many lines', () => {
  it('is whole where it has room', () => {
    expect(within('one; two', 2)).to.deep.equal(['BECAUSE  one; two'])
  })

  it('leaves out the last reasons first', () => {
    expect(within(`first reason ${'x '.repeat(10)}; second ${'y '.repeat(60)}`, 2).join(' ')).to.match(
      /first reason .*; more in the report$/,
    )
  })

  it('begins the next reason where lines stay free', () => {
    const lines = within(`first; it came with container-selinux ${'and another '.repeat(30)}`, 4)
    expect(lines.length).to.be.at.most(4)
    expect(lines.join(' ').replaceAll(/\s+/g, ' ')).to.match(
      /first; it came with container-selinux .* …; more in the report$/,
    )
  })
})
