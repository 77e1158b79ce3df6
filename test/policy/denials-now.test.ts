import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Denial } from '../../src/model/denial.ts'
import { viewOf, verdictByTypes } from '../../src/policy/fleet/denials-now.ts'
import { reachOf } from '../../src/policy/why/reach.ts'
import { fullPolicy } from './files.ts'
import { readPolicy } from '../../src/policy/read/read.ts'

const policy = readPolicy(readFileSync('src/lab/policies/healthy.loaded'))
const denial = (more: Partial<Denial>): Denial => ({
  source: 'container_t',
  target: 'nfs_t',
  class: 'file',
  permissions: ['read'],
  count: 1,
  firstSeen: 0,
  lastSeen: 0,
  commands: [],
  paths: [],
  enforced: true,
  sample: '',
  ...more,
})
const view = (one: Partial<Denial>, booleans?: ReadonlyMap<string, boolean>) => {
  const byTypes = verdictByTypes(policy, denial(one), booleans)
  if (!byTypes) return undefined
  const { attributes, ...rest } = viewOf(policy, denial(one), byTypes)
  return { ...rest, isContainer: attributes.includes('container_domain') }
}
const transition = (range: string): Partial<Denial> => ({
  source: 'container_runtime_t',
  target: 'container_t',
  class: 'process',
  permissions: ['transition'],
  sample: `avc:  denied  { transition } for  pid=1 comm="x" scontext=system_u:system_r:container_runtime_t:s0 tcontext=system_u:system_r:container_t:${range} tclass=process permissive=0`,
})

describe('what a policy says of a denial', () => {
  it('goes by the booleans of the node, not by those that the policy was written with', () => {
    expect(view({})).to.deep.equal({ denied: [], isContainer: true })
    expect(view({}, new Map([['virt_use_nfs', false]]))).to.deep.equal({
      denied: ['read'],
      booleans: ['virt_use_nfs=on'],
      opens: 4,
      isContainer: true,
    })
  })

  it('counts the types that a boolean opens: some for one purpose, hundreds where it is for all', function () {
    const full = readPolicy(readFileSync(fullPolicy(this)))
    const reach = (name: string): number => reachOf(full, [{ name, state: true }])
    for (const name of ['allow_ypbind', 'allow_kerberos']) expect(reach(name), name).to.be.above(100)
    for (const name of ['virt_use_nfs', 'allow_ssh_keysign']) expect(reach(name), name).to.be.within(1, 30)
  })

  it('names a boolean only where it helps all that is denied', () =>
    expect(view({ permissions: ['execute', 'read'] }, new Map([['virt_use_nfs', false]]))).to.deep.equal({
      denied: ['execute', 'read'],
      isContainer: true,
    }))

  it('is not "allowed" where ranges decide and are not known', () => {
    const unknownRange = view(transition('s0:c500,c700'))
    expect(unknownRange).to.deep.equal({ denied: [], undecided: ['transition'], isContainer: false })
  })

  it('names the constraint that forbids what a rule allows', () => {
    const one = view(transition('s0:c1,c2'))
    expect(one?.denied).to.deep.equal(['transition'])
    expect(one?.constraint).to.match(/^mlsconstrain process transition/)
  })

  it('is nothing where it does not know a name', () => {
    expect(view({ target: 'gone_t' })).to.equal(undefined)
    expect(view({ target: 'container_domain' })).to.equal(undefined)
    expect(view({ class: 'nonsense' })).to.equal(undefined)
    expect(view({ permissions: ['nonsense'] })).to.equal(undefined)
    expect(view({ permissions: [] })).to.equal(undefined)
  })
})
