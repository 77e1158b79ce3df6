import { expect } from 'chai'
import { raiseLostAccess } from '../../src/compare/lost-access.ts'
import type { JudgedDenial } from '../../src/model/denial.ts'
import type { Suspect } from '../../src/model/drift.ts'
import type { Outcome } from '../../src/model/outcome.ts'
import { auditOf, baseline, check, node } from '../report/audits.ts'

const access = {
  source: 'container_t',
  target: 'tmpfs_t',
  class: 'file',
  permissions: ['open'],
}
const denial: JudgedDenial = {
  ...access,
  count: 1,
  firstSeen: 1,
  lastSeen: 1,
  commands: [],
  paths: [],
  enforced: true,
  sample: '',
  active: true,
  because: '',
}
const outcome: Outcome = { check: 'denials', status: 'fail', severity: 'medium', lowered: 'for some reason' }
const suspect: Suspect = {
  cause: { type: 'package', name: 'container-selinux' },
  check: 'denials',
  nodes: ['db-1'],
  leads: true,
  basis: 'mechanism',
  table: { changedDrifted: 1, changedFine: 0, unchangedDrifted: 0, unchangedFine: 1 },
  chance: 0.5,
  evidence: [{ shows: 'policy', effect: { told: 'access', change: 'lost', ...access } }],
  tied: [],
  rollBack: [],
}
const raised = (
  more: Partial<Outcome> = {},
  denials: readonly JudgedDenial[] = [denial],
  suspects = [suspect],
): Outcome | undefined =>
  raiseLostAccess(
    auditOf([check('denials', 'medium')], [node('db-1', [{ ...outcome, ...more }], { denials })]),
    baseline({ suspects }),
  ).nodes[0]?.outcomes[0]

describe('a failure for what an update took away', () => {
  it('is high at least, and says why', () => {
    expect(raised()).to.include({ severity: 'high' })
    expect(raised()).to.have.property('raised').that.includes('earlier run allowed')
    expect(raised()).to.not.have.property('lowered')
  })

  const left: readonly (readonly [string, Outcome | undefined])[] = [
    ['another check', raised({ check: 'other' })],
    ['one that only informs', raised({ severity: 'info' })],
    ['one that is critical already', raised({ severity: 'critical' })],
    ['one that passes', raised({ status: 'pass' })],
    ['one that was only logged', raised({}, [{ ...denial, enforced: false }])],
    ['one that is past', raised({}, [{ ...denial, active: false }])],
    ['one on another node', raised({}, [denial], [{ ...suspect, nodes: ['db-2'] }])],
    ['one that no policy explains', raised({}, [denial], [{ ...suspect, evidence: [] }])],
  ]
  for (const [what, one] of left)
    it(`stays as it is: ${what}`, () => expect(one).to.not.have.property('raised'))
})
