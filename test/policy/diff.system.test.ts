import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { readPolicyFile } from '../../src/cli/policy/policy-file.ts'
import { compareForDomains } from '../../src/policy/fleet/compare.ts'
import { comparePolicies } from '../../src/policy/diff/difference.ts'
import { spending, TooMuchWork } from '../../src/policy/diff/work.ts'
import { differenceLines } from '../../src/policy/diff/lines.ts'
import { needs } from '../tools.ts'
import { rulesIn, sediff } from './sediff.ts'
import { sefleetPolicy } from './sefleet-policy.ts'

const folder = 'test/fixtures/policies'
const edits = readdirSync(`${folder}/edits`).map(name => `${folder}/edits/${name}`)
const old = `${folder}/before.33`
const all = [old, `${folder}/after.33`, `${folder}/after-member.33`, ...edits]
const golden = `${folder}/differences.yaml`

const linesOf = (left: string, right: string): readonly string[] =>
  differenceLines(comparePolicies(readPolicyFile(left), readPolicyFile(right)).difference())

describe('policy diff', () => {
  // UPDATE_GOLDEN=1 rewrites the sentences; read the difference as carefully as code.
  const found = Object.fromEntries(
    all.slice(1).map(path => [path, { update: linesOf(old, path), 'roll-back': linesOf(path, old) }]),
  )
  if (process.env['UPDATE_GOLDEN'] === '1' || !existsSync(golden))
    writeFileSync(golden, stringify(found, { lineWidth: 0 }))
  const wanted: unknown = parse(readFileSync(golden, 'utf8'))
  for (const [path, lines] of Object.entries(found))
    it(`says of ${path} what a colleague would say`, () => {
      expect(lines).to.deep.equal((wanted as typeof found)[path])
    })

  it('finds nothing between a policy and itself', () => {
    for (const path of all) expect(linesOf(path, path)).to.deep.equal([])
  })

  it('finds nothing between versions of the same source, other than what versions cannot hold', () => {
    expect(linesOf(`${folder}/kitchen.32`, `${folder}/kitchen.33`)).to.deep.equal([])
  })

  it('gives up on policies that are more work than any distribution’s, and says so', () => {
    const [left, right] = [readPolicyFile(old), readPolicyFile(`${folder}/after-member.33`)]
    for (let looks = 0; looks < 20_000; looks += 997) {
      let spent = 0
      const spend = (more: number) => {
        spent += more
        if (spent > looks) throw new TooMuchWork()
      }
      const said = JSON.stringify(compareForDomains(left, right, new Set(), spend))
      expect(said).to.match(/more work than|"attribute":"container_domain"/)
    }
    expect(compareForDomains(left, right, new Set(), spending(100)).state).to.equal('unknown')
    expect(compareForDomains(left, left, new Set(), spending(1_000_000)).state).to.equal('same')
  })

  it('looks at the domains asked for, and counts the others', async () => {
    const { out } = await sefleetPolicy(['diff', old, `${folder}/after.33`, '-d', 'container_t'])
    expect(out.split('\n')).to.deep.equal([
      'removed: allow container_domain spc_t:unix_stream_socket connectto; (container_t; container_domain is 4 types)',
      'not looked at: 3 other types whose rules may differ too (--domain TYPE, or --rules for every rule)',
      '',
    ])
  })
})

describe('policy diff --rules, beside sediff', () => {
  before(function () {
    needs(this, 'sediff')
  })

  const seed = Date.now() % 1_000_000_007
  it(`finds the same rules (seed ${seed})`, async function () {
    this.timeout(600_000)
    const pairs = fc.sample(fc.tuple(fc.constantFrom(...all), fc.constantFrom(...all)), { numRuns: 24, seed })
    for (const [left, right] of [...all.slice(1).map(path => [old, path] as const), ...pairs]) {
      const [theirs, ours] = await Promise.all([
        sediff(left, right),
        sefleetPolicy(['diff', '--rules', left, right]),
      ])
      const rules = rulesIn(left, right)
      expect(rules(ours.out), `${left} ${right}`).to.deep.equal(rules(theirs))
    }
  })
})
