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
const fleet: FleetPolicies = {
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
  compare: () => Promise.resolve({ state: 'same' }),
  compareWith: () => Promise.resolve({ state: 'same' }),
}
const differs = { state: 'differs', lines: [], more: 0, booleans: [] } as const
const changes = [{ from: 'old', to: 'new', nodes: ['n'], comparison: differs }]
const effect = (denials: readonly JudgedDenial[], said: readonly string[]) =>
  policyEffects(changes, fleet).effectOn(node('n', [], { denials }), { asks: [], readsTypes: true, said })

describe('a denial that the policy of before allowed', () => {
  const said = ['denied my_daemon_t → my_data_t:file read']

  it('is of the update, of whatever types and without a signature', async () =>
    expect(await effect([denial({})], said)).to.deep.equal({
      state: 'touched',
      evidence: 'my_daemon_t was allowed read on my_data_t:file',
    }))

  it('is found beside known ones that the update did not bring', async () =>
    expect(await effect([known, denial({})], said)).to.have.property('state', 'touched'))

  it('is none of the update where somebody typed it, or it is allowed now', async () => {
    expect(await effect([denial({ owner: 'login' })], said)).to.deep.equal({ state: 'untouched' })
    expect(await effect([denial({ present: { denied: [] } })], said)).to.deep.equal({ state: 'untouched' })
    expect(await effect([known], [])).to.deep.equal({ state: 'untouched' })
  })
})
