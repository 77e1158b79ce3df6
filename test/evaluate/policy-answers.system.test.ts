import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { evaluate } from '../../src/evaluate/evaluate.ts'
import { makeNode } from '../../src/lab/data.ts'
import { linkTools } from '../../src/lab/tools.ts'
import type { NodeAudit } from '../../src/model/audit.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { knowledge, profiles } from '../lab/fleet.ts'
import { askLocally } from '../lab/local.ts'
import { runInfo } from '../lab/run-info.ts'
import { needs } from '../tools.ts'

/*
 * What a node's policy answers here, and what Debian's setools answer about the same policy on the node, come to the same
 * outcomes. The lab's nodes, the script and its fallback in a real sh; no SSH.
 */
describe('questions about a policy', function () {
  this.timeout(600_000)
  let folder = ''
  let tools = ''
  let common = ''
  before(function () {
    needs(this, 'sesearch', 'seinfo')
    folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
    tools = join(folder, 'setools')
    mkdirSync(tools)
    for (const name of ['sesearch', 'seinfo', 'python3']) symlinkSync(`/usr/bin/${name}`, join(tools, name))
    common = linkTools(folder, process.env['PATH'] ?? '')
  })
  after(() => folder !== '' && rmSync(folder, { recursive: true }))

  const asked = async (
    name: string,
    can: { readonly fetch: 'both' | 'installed' | 'none'; readonly setools: boolean },
  ): Promise<{ readonly record: NodeRecord; readonly node: NodeAudit }> => {
    const policies = new Map<string, Buffer>()
    const record = await askLocally(name, makeNode({ like: name }), {
      folder,
      tools: `${can.setools ? `${tools}:` : ''}${common}`,
      now: 1_795_000_000,
      policies,
      intercept: ({ stdin }) =>
        can.fetch !== 'both' &&
        stdin.includes(can.fetch === 'none' ? 'gzip -c' : "p=${R:-}'/sys/fs/selinux/policy'\n")
          ? { ended: 'exited', code: 5 }
          : undefined,
    })
    const { audit } = await evaluate([record], {
      run: runInfo([name]),
      profiles,
      knowledge,
      policies: sha256 => Promise.resolve(policies.get(sha256)),
      gate: 'high',
      allowMissing: { nodes: 0 },
    })
    const [node] = audit.nodes
    if (!node) throw new Error('no node')
    return { record, node }
  }

  const isAboutPolicy = ({ check }: { readonly check: string }): boolean => policyChecks.includes(check)
  const policyChecks = [
    'csi-connectto',
    'spc-transitions',
    'container-domain',
    'iscsi-pair',
    'permissive-domains',
  ]

  for (const name of ['worker-01', 'worker-02', 'worker-04', 'worker-08'])
    it(`come to the same, answered by the policy and by setools: ${name}`, async function () {
      const here = await asked(name, { fetch: 'both', setools: false })
      expect(here.record.policyScript).to.equal(undefined)
      expect(here.record.frames.some(({ ask }) => ask.startsWith('allow'))).to.equal(false)
      const there = await asked(name, { fetch: 'none', setools: true })
      expect(there.record.policyScript).to.be.a('string')
      expect(there.record.notPulled).to.have.length(2)
      const seen = here.node.outcomes.filter(isAboutPolicy)
      expect(seen).to.have.length(policyChecks.length)
      expect(seen.map(({ status }) => status)).to.not.include('unknown')
      expect(there.node.outcomes.filter(isAboutPolicy)).to.deep.equal(seen)
    })

  it('are open where neither is there; what the installed policy would say is told and decides nothing', async () => {
    const { node } = await asked('worker-01', { fetch: 'installed', setools: false })
    const outcome = node.outcomes.find(({ check }) => check === 'csi-connectto')
    expect(outcome?.status).to.equal('unknown')
    expect(outcome?.reason)
      .to.contain('sesearch')
      .and.to.contain('/etc/selinux/targeted/policy/policy.33')
      .and.to.contain('says: allow container_domain spc_t:unix_stream_socket connectto;')
  })
})
