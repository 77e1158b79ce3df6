import { expect } from 'chai'
import { labPolicy } from '../../src/lab/data.ts'
import { spending, TooMuchWork, workOfFleet } from '../../src/policy/diff/work.ts'
import { compareForDomains } from '../../src/policy/fleet/compare.ts'
import { readPolicy } from '../../src/policy/read/read.ts'
import { withStatements } from '../made-policies/build.ts'
import type { Statement } from '../made-policies/statements.ts'

/** Half a megabyte that says hundreds of millions of permissions: every type has every attribute, every attribute rules on every other. */
const hostile = (permissions: readonly string[]): readonly Statement[] => {
  const types = Array.from({ length: 400 }, (_, index) => `h${index}_t`)
  const attributes = Array.from({ length: 120 }, (_, index) => `h${index}`)
  return [
    ...types.map(type => ({ type })),
    ...attributes.map(attribute => ({ attribute, members: [...types, 'container_t'] })),
    ...attributes.flatMap(source =>
      attributes.map(target => ({ rule: 'allow', source, target, class: 'file', permissions }) as const),
    ),
  ]
}

describe('the work of a comparison', () => {
  it('is refused where attributes multiply, before it is done', function () {
    this.timeout(600_000)
    const base = readPolicy(labPolicy('healthy', 'installed'))
    const [before, after] = [
      withStatements(base, hostile(['read'])),
      withStatements(base, hostile(['read', 'write'])),
    ]
    let looks = 0
    const spend = spending(2_000_000)
    const found = compareForDomains(before, after, new Set(['container_t']), more => {
      looks += more
      spend(more)
    })
    expect(found.state).to.equal('unknown')
    expect(looks).to.be.greaterThan(2_000_000)
    expect(looks).to.be.lessThan(4_000_000)
  })

  it('of one pair leaves every other what it needs', () => {
    const fleet = workOfFleet({ pair: 100, fleet: 250, assured: 20 })
    const spendAll = (): number => {
      const spend = fleet.ofPair()
      for (let looks = 0; ; looks += 1) {
        try {
          spend(1)
        } catch (cause) {
          expect(cause).to.be.instanceOf(TooMuchWork)
          return looks
        }
      }
    }
    expect([1, 2, 3, 4, 5].map(spendAll)).to.deep.equal([100, 100, 48, 20, 20])
  })
})
