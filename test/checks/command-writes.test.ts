import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parse } from 'yaml'
import { commandWrites } from '../../src/checks/command-writes.ts'
import { loadKnowledge } from '../../src/checks/load.ts'

interface Cases {
  readonly writes: readonly string[]
  readonly reads: readonly string[]
}
const { writes, reads } = parse(readFileSync('test/fixtures/profiles/writing.yaml', 'utf8')) as Cases // our own fixture
const knowledge = loadKnowledge()

describe('a command of a profile', () => {
  for (const command of writes)
    it(`is warned of, since it writes: ${command}`, () => {
      expect(commandWrites(command, knowledge)).to.not.deep.equal([])
    })
  for (const command of reads)
    it(`is not warned of, since it only reads: ${command}`, () => {
      expect(commandWrites(command, knowledge)).to.deep.equal([])
    })

  it('is read to its end, whatever it is', () => {
    for (const sign of ["'", '"', '`', '$(', '>', '\\', '|', '((', '"$('])
      expect(commandWrites(sign.repeat(500), knowledge)).to.be.an('array')
  })
})
