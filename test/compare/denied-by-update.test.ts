import { expect } from 'chai'
import { policyEffects } from '../../src/compare/suspects/policy-effect.ts'
import type { JudgedDenial, PolicyView } from '../../src/model/denial.ts'
import type { FleetPolicies } from '../../src/policy/fleet/fleet-policies.ts'
import { node } from '../report/audits.ts'

const denial = (more: Partial<JudgedDenial>): JudgedDenial => ({
  source: 'my_daemon_t',
  target: 'my_data_t',
  class: 'file',
  permissions: ['read'],
  count: 1,
  firstSeen: 1,
  lastSeen: 1,
  commands: [],
  paths: [],
  enforced: true,
  sample: '',
  active: true,
  because: '',
  present: { denied: ['read'] },
  ...more,
})
const known = denial({ source: 'container_t', signature: 'some', target: 'nfs_t' })

/** The policy of before allows what my_daemon_t was refused, and nothing else. */
const fleet: Pick<FleetPolicies, 'answers' | 'viewsOf'> = {
  answers: () =>
    Promise.resolve({
      state: 'answered',
      facts: { version: 33, mls: true, types: 1, rules: 1 },
      readings: new Map(),
    }),
  viewsOf: (_, denials) =>
    Promise.resolve(
      denials.map(({ source, permissions }): PolicyView => ({
        attributes: [],
        denied: source === 'my_daemon_t' ? [] : permissions,
      })),
    ),
}
const differs = { state: 'differs', items: [], more: { items: 0, types: [] }, booleans: [] } as const
const changes = [{ from: 'old', to: 'new', nodes: ['n'], comparison: differs }]
const effect = (denials: readonly JudgedDenial[], said: readonly string[]) =>
  policyEffects(changes, fleet).effectOn(node('n', [], { denials }), {
    asks: [],
    about: new Set(),
    readsTypes: true,
    said,
  })

describe('a denial that the policy of before allowed', () => {
  const said = ['denied my_daemon_t → my_data_t:file read']

  it('is of the update, of whatever types and without a signature', async () =>
    expect(await effect([denial({})], said))
      .to.have.property('evidence')
      .that.includes({ told: 'access', change: 'lost', source: 'my_daemon_t', target: 'my_data_t' }))

  it('is found beside known ones that the update did not bring', async () =>
    expect(await effect([known, denial({})], said)).to.have.property('state', 'touched'))

  it('is none of the update where somebody typed it, or it is allowed now', async () => {
    expect(await effect([denial({ owner: 'login' })], said)).to.deep.equal({ state: 'untouched' })
    expect(await effect([denial({ present: { denied: [] } })], said)).to.deep.equal({ state: 'untouched' })
    expect(await effect([known], [])).to.deep.equal({ state: 'untouched' })
  })
})
