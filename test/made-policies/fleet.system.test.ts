import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { auditCase, type Audited } from '../field/audited.ts'
import { policyFiles } from './policies.ts'

const audited = async (policies: Readonly<Record<string, string>>): Promise<Audited> => {
  const work = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
  try {
    const folder = join(work, 'case')
    mkdirSync(folder)
    const nodes = Object.entries(policies).map(([name, policy]) => [name, { like: 'worker-01', policy }])
    // JSON is YAML
    writeFileSync(join(folder, 'nodes.yaml'), JSON.stringify({ nodes: Object.fromEntries(nodes) }))
    return await auditCase(folder, work, [])
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
const outcomesOf = ({ audit }: Audited, check: string): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    audit.nodes.map(({ name, outcomes }) => [name, outcomes.find(one => one.check === check)?.status]),
  )

/** Whole audits of nodes whose policies have the size and shape of Fedora's; what is loaded stands in another order than what is installed. */
describe('a fleet with policies of real shape', function () {
  this.timeout(600_000)

  it('is healthy where nothing is wrong: what is loaded is what is installed', async () => {
    const healthy = policyFiles('healthy')
    const found = await audited({ 'n-1': healthy, 'n-2': healthy, 'n-3': healthy })
    expect(found.exit, found.said).to.equal(0)
    for (const check of ['policy-installed', 'booleans-installed', 'spc-transitions', 'iscsi-pair'])
      expect(outcomesOf(found, check), check).to.deep.equal({ 'n-1': 'pass', 'n-2': 'pass', 'n-3': 'pass' })
    expect(found.audit.policies).to.have.length(1)
  })

  it('tells drift, and finds Longhorn 5348 and 5627, whatever else a policy holds', async () => {
    const found = await audited({
      'n-1': policyFiles('healthy'),
      'n-2': policyFiles('healthy'),
      'n-3': policyFiles('healthy'),
      drifted: policyFiles({ edits: 12, seed: 3 }),
      'lost-one': policyFiles('longhorn-5348'),
      'gained-many': policyFiles('longhorn-5627'),
    })
    expect(found.exit, found.said).to.equal(1)
    const quiet = { 'n-1': 'pass', 'n-2': 'pass', 'n-3': 'pass', drifted: 'pass' }
    expect(outcomesOf(found, 'policy-installed')).to.deep.equal({
      ...quiet,
      'lost-one': 'pass',
      'gained-many': 'pass',
    })
    expect(outcomesOf(found, 'spc-transitions')).to.include({ ...quiet, 'lost-one': 'fail' })
    expect(outcomesOf(found, 'iscsi-pair')).to.include({ ...quiet, 'gained-many': 'fail' })
    const comparisons = new Map(
      found.audit.policies.map(({ nodes, comparison }) => [nodes.join(' '), comparison]),
    )
    expect(comparisons.get('n-1 n-2 n-3')).to.equal(undefined)
    for (const node of ['drifted', 'lost-one', 'gained-many'])
      expect(comparisons.get(node)?.state, node).to.equal('differs')
    expect(JSON.stringify(comparisons.get('lost-one'))).to.contain('container_file_t')
    expect(JSON.stringify(comparisons.get('gained-many'))).to.contain('initrc_domain')
  })
})
