import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { labPolicy } from '../../src/lab/data.ts'
import { compareForDomains } from '../../src/policy/fleet/compare.ts'
import { spending } from '../../src/policy/diff/work.ts'
import { policyDigest } from '../../src/policy/digest.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { readPolicy } from '../../src/policy/read/read.ts'
import { withStatements } from '../made-policies/build.ts'
import { edited } from '../made-policies/edits.ts'
import { smallShape } from '../made-policies/shape.ts'

const folder = 'test/fixtures/policies'
const policyIn = (path: string): Policy => readPolicy(readFileSync(path))
const isSame = (left: Policy, right: Policy): boolean =>
  compareForDomains(left, right, new Set(), spending(1_000_000_000)).state === 'same'

describe('the digest of a policy', () => {
  it('is that of the same policy in another order', () => {
    for (const name of readdirSync('src/lab/policies').filter(file => file.endsWith('.loaded'))) {
      const [loaded, installed] = (['loaded', 'installed'] as const).map(which =>
        policyDigest(readPolicy(labPolicy(name.replace('.loaded', ''), which))),
      )
      expect(loaded, name).to.equal(installed)
    }
  })

  it('is that of the same policy in another version of the format', () => {
    for (const name of ['kitchen', 'kitchen-nomls'])
      expect(policyDigest(policyIn(`${folder}/${name}.32`))).to.equal(
        policyDigest(policyIn(`${folder}/${name}.33`)),
      )
  })

  it('is another one for every edit', () => {
    const before = policyIn(`${folder}/before.33`)
    const others = [
      'after.33',
      'after-member.33',
      ...readdirSync(`${folder}/edits`).map(name => `edits/${name}`),
    ].map(name => policyDigest(policyIn(`${folder}/${name}`)))
    expect(new Set([policyDigest(before), ...others]).size).to.equal(others.length + 1)
  })

  it('is never the same where the closer look finds a difference', function () {
    this.timeout(600_000)
    const base = readPolicy(labPolicy('healthy', 'installed'))
    const statements = smallShape(1)
    const before = withStatements(base, statements)
    let differing = 0
    for (let seed = 1; seed <= 24; seed += 1) {
      const after = withStatements(base, edited(statements, seed, 1 + (seed % 3)))
      const isEqual = policyDigest(before) === policyDigest(after)
      const isFound = !isSame(before, after)
      if (isEqual) expect(isFound, `seed ${seed}`).to.equal(false)
      differing += isFound ? 1 : 0
    }
    expect(differing).to.be.greaterThan(12)
  })
})
