import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { comparePolicies } from '../../src/policy/diff/difference.ts'
import { differenceLines } from '../../src/policy/diff/lines.ts'
import { policyDigest } from '../../src/policy/digest.ts'
import { readPolicy } from '../../src/policy/read/read.ts'
import { policyFiles } from '../policy/files.ts'
import { writePolicy } from './write.ts'

describe('the writer of policies', () => {
  for (const path of policyFiles)
    it(`writes what the reader reads, in any order: ${path}`, () => {
      const policy = readPolicy(readFileSync(path))
      for (const seed of [undefined, 1]) {
        const again = readPolicy(writePolicy(policy, policy.version, seed))
        expect(policyDigest(again)).to.equal(policyDigest(policy))
        expect(differenceLines(comparePolicies(policy, again).difference())).to.deep.equal([])
        expect(again.nameTransitions.sources.length).to.equal(policy.nameTransitions.sources.length)
        expect(again.contexts).to.deep.equal(policy.contexts)
      }
    })
})
