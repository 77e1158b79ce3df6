import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { run } from '../../src/cli/run.ts'
import { evaluate } from '../../src/evaluate/evaluate.ts'
import type { Audit } from '../../src/model/audit.ts'
import { parseYaml } from '../../src/model/yaml.ts'
import { fakeWorld } from '../cli/world.ts'
import { expectGolden } from '../golden.ts'
import { collectedLab, knowledge, profiles } from './fleet.ts'
import { useLightShell } from './light.ts'
import { runInfo } from './run-info.ts'

const expected = parseYaml(readFileSync('test/lab/expected.yaml', 'utf8')).value as Record<
  string,
  Record<string, string>
> // our own fixture

describe('the lab', function () {
  this.timeout(600_000)
  let audit: Audit

  before(async () => {
    const { records, names, policies } = await collectedLab()
    const evaluation = await evaluate(records, {
      run: runInfo(names),
      profiles,
      knowledge,
      policies,
      gate: 'high',
      allowMissing: { nodes: 0 },
    })
    audit = evaluation.audit
  })

  for (const [name, outcomes] of Object.entries(expected))
    it(`is judged as expected: ${name}`, () => {
      const node = audit.nodes.find(one => one.name === name)
      expect(node?.status).to.equal('answered')
      const seen = Object.fromEntries(node?.outcomes.map(({ check, status }) => [check, status]) ?? [])
      const wanted = Object.fromEntries(audit.checks.map(({ id }) => [id, outcomes[id] ?? 'pass']))
      expect(seen).to.deep.equal(wanted)
    })

  it('has one node that nobody serves', () => {
    expect(audit.nodes.find(({ name }) => name === 'worker-07'))
      .to.deep.include({ status: 'missing' })
      .and.to.have.nested.property('error.code', 'connect-refused')
  })

  it('stores no argv of other workloads and no credential', async () => {
    const { records } = await collectedLab()
    expect(JSON.stringify(records)).to.not.include('not-for-the-report').and.to.not.include('postgres')
  })

  it('demonstrates: exit 0, a report in place, nothing left running', async () => {
    const root = mkdtempSync(join(tmpdir(), 'sefleet-test-demo-'))
    try {
      const { world, out, err } = fakeWorld()
      expect(await run(['lab', 'demo', '-o', root], world)).to.equal(0)
      expect(out()).to.equal('')
      expect(err()).to.include('6 failing').and.to.include('exit 1').and.to.include('latest')
      expect(readdirSync(join(root, 'latest'))).to.include.members([
        'index.html',
        'junit.xml',
        'summary.md',
        'audit.json',
        'nodes',
        'assets',
        'run.json',
        'nodes.ndjson.gz',
      ])
      expect(leftovers()).to.deep.equal([])
      expectGolden(
        'test/lab/golden/morning.txt',
        withoutMoments(err().slice(err().indexOf('sefleet  ')), root),
      )
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  })

  describe('with questions that are light', () => {
    useLightShell()
    it('blames whatever package the update planted', async () => {
      const root = mkdtempSync(join(tmpdir(), 'sefleet-test-demo-'))
      try {
        // The same damage, brought by another package; the innocent ones stay.
        const planted = readFileSync('src/lab/nodes.yaml', 'utf8').replace(
          'rpm: { container-selinux: 2 2.226.0 1.fc39 noarch -8400 }',
          'rpm: { selinux-policy-targeted: 0 39.3 1.fc39 noarch -8400 }',
        )
        writeFileSync(join(root, 'nodes.yaml'), planted)
        const { world, err } = fakeWorld()
        expect(await run(['lab', 'demo', '-o', root, '--nodes', join(root, 'nodes.yaml')], world)).to.equal(0)
        const said = err().replaceAll(/\s+/g, ' ')
        expect(said).to.contain(
          'it came with selinux-policy-targeted 39.2-1.fc39 → 39.3-1.fc39: 3 of 3 updated nodes fail',
        )
        expect(said).to.contain(
          'DO dnf downgrade -y selinux-policy-targeted-39.2-1.fc39 on worker-[02,05,10]',
        )
        expect(said).to.not.contain('2.226.0')
      } finally {
        rmSync(root, { recursive: true, force: true })
      }
    })
  })
})

// Its times are of today, and where a line breaks hangs on their width.
const withoutMoments = (text: string, root: string): string =>
  text
    .replaceAll(/\n {9}/g, ' ')
    .replaceAll(root, 'ROOT')
    .replaceAll(/\d{8}T\d{6}Z(-\d+)?/g, 'RUN')
    .replaceAll(/(\d{4}-\d\d-\d\d )?\d\d:\d\d( UTC)?/g, 'TIME')
    .replaceAll(/\d+ minutes after/g, 'N minutes after')

// Processes of a lab node carry its made-up root in their environment's R, and so in their command's working data.
const leftovers = (): readonly string[] =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line.includes('sefleet-lab-'))
