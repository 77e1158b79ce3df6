import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { run } from '../../src/cli/run.ts'
import { labPolicy } from '../../src/lab/data.ts'
import { startLab, type Lab } from '../../src/lab/lab.ts'
import type { Audit, Baseline } from '../../src/model/audit.ts'
import { fakeWorld } from '../cli/world.ts'
import { useLightShell } from '../lab/light.ts'

describe('a run beside an earlier one', function () {
  this.timeout(600_000)
  useLightShell()
  let folder = ''
  let root = ''
  let lab: Lab
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
    root = join(folder, 'reports')
    lab = await startLab({ folder: join(folder, 'lab'), ports: 'free' })
  })
  after(async () => {
    await lab.stop()
    rmSync(folder, { recursive: true })
  })

  const nodes = ['worker-01', 'worker-03', 'cp-01']
  const audit = async (...words: readonly string[]) => {
    const { world, err } = fakeWorld()
    const reach = ['--private-key', lab.privateKey, '--known-hosts', lab.knownHosts]
    const exit = await run(
      ['audit', '-i', lab.inventory, '-l', nodes.join(':'), ...reach, '-o', root, ...words],
      world,
    )
    return { exit, said: err() }
  }
  const latest = (name: string): string => readFileSync(join(root, 'latest', name), 'utf8')
  const baseline = (): Baseline | undefined => (JSON.parse(latest('audit.json')) as Audit).baseline // just written
  const load = (node: string, policy: Buffer): void =>
    writeFileSync(join(folder, 'lab', 'after', node, 'root', 'sys/fs/selinux/policy'), policy)
  const runs = (): readonly string[] =>
    readdirSync(root)
      .filter(name => /^\d/.test(name))
      .toSorted()

  it('has none the first night', async () => {
    expect((await audit()).exit).to.equal(0)
    expect(baseline()).to.equal(undefined)
  })

  it('says of every policy that changed what that means, and nothing of bytes alone', async () => {
    load('worker-01', labPolicy('longhorn-5348', 'loaded'))
    load('cp-01', labPolicy('healthy', 'installed'))
    const { exit, said } = await audit()
    expect(exit).to.equal(1)
    const found = baseline()
    if (found?.state !== 'compared') throw new Error(JSON.stringify(found))
    expect(found.run).to.equal(runs()[0])
    expect(found.policies.map(one => [one.nodes, one.comparison.state])).to.deep.equal([
      [['cp-01'], 'same'],
      [['worker-01'], 'differs'],
    ])
    expect(found.policies[1]?.comparison)
      .to.have.nested.property('items[0]')
      .that.deep.includes({ kind: 'transition', change: 'lost', before: { to: 'spc_t', ways: ['always'] } })
    expect(said.replaceAll(/\s+/g, ' ')).to.match(
      /BECAUSE container_runtime_t, running a file of type \S+, no longer enters spc_t: gone is [^;]*; it came with another loaded policy, although no package, module or boolean changed: the one changed node fails spc-transitions/,
    )
    expect(said).to.not.contain('cp-01')
    expect(latest('index.html')).to.contain('Other bytes, the same meaning')
    expect(latest('summary.md')).to.contain('Policies changed since run')
    // What is loaded is not what is installed any longer: the next boot would bring it back.
    expect(said.replaceAll(/\s+/g, ' ')).to.match(/SO policy-installed fails because of it/)
  })

  it('compares with the run that is named, or with none', async () => {
    const [first = ''] = runs()
    await audit('--baseline', 'none')
    expect(baseline()).to.equal(undefined)
    await audit()
    expect(baseline()).to.deep.include({ state: 'compared', policies: [] })
    await audit('--baseline', first)
    expect(baseline()).to.deep.include({ state: 'compared', run: first })
    expect(JSON.stringify(baseline())).to.contain('worker-01')
  })

  it('compares a node with its last answer, where it was not asked since', async () => {
    // Only worker-03 is asked in between.
    nodes.splice(0, nodes.length, 'worker-03')
    await audit()
    nodes.splice(0, nodes.length, 'worker-01', 'worker-03', 'cp-01')
    load('worker-01', labPolicy('longhorn-5627', 'loaded'))
    await audit()
    const found = baseline()
    if (found?.state !== 'compared') throw new Error('nothing compared')
    expect(found.compared).to.include('worker-01')
    expect(found.policies.map(one => one.nodes)).to.deep.equal([['worker-01']])
    expect(JSON.stringify(found.policies)).to.contain('"change":"gained","source":"container_runtime_t"')
    load('worker-01', labPolicy('longhorn-5348', 'loaded'))
    await audit()
  })

  it('judges again beside the same earlier run', async () => {
    const [first = '', second = ''] = runs()
    const { world } = fakeWorld()
    expect(await run(['report', second, '-o', root], world)).to.equal(1)
    const again = JSON.parse(readFileSync(join(root, second, 'audit.json'), 'utf8')) as Audit // just written
    expect(again.baseline).to.deep.include({ run: first })
  })

  it('keeps no advice of an earlier judgement', async () => {
    const [, second = ''] = runs()
    const remedies = join(root, second, 'remedies')
    for (const formats of [['-r', 'junit'], []]) {
      mkdirSync(remedies, { recursive: true })
      writeFileSync(join(remedies, 'roll-back.yaml'), 'old')
      await run(['report', second, '-o', root, ...formats], fakeWorld().world)
      expect(existsSync(join(remedies, 'roll-back.yaml'))).to.equal(false)
    }
  })

  it('is compared by a command of its own, which writes nothing', async () => {
    const [first = '', second = ''] = runs()
    const before = latest('audit.json')
    const { world, out } = fakeWorld()
    expect(await run(['compare', first, second, '-o', root], world)).to.equal(0)
    expect(out()).to.match(/^check spc-transitions: regressed: passes → fails: .* on worker-01$/m)
    expect(out()).to.match(/^policy: container_runtime_t, running a file .* no longer enters spc_t/m)
    expect(out()).to.match(
      /^because, spc-transitions: container_runtime_t, .* it came with another loaded policy, although/m,
    )
    expect(out()).to.match(/^next, spc-transitions: worker-01 still works/m)
    expect(latest('audit.json')).to.equal(before)
    const same = fakeWorld()
    expect(await run(['compare', first, first, '-o', root], same.world)).to.equal(0)
    expect(same.out()).to.equal('nothing that is looked at changed\n')
  })

  it('makes a gate of what is new', async () => {
    // worker-01 has failed since the second run.
    expect((await audit('--fail-on', 'new')).exit).to.equal(0)
    expect((await audit('--fail-on', 'new', '--baseline', runs()[0] ?? '')).exit).to.equal(1)
    const alone = await audit('--fail-on', 'new', '--baseline', 'none')
    expect(alone.exit).to.equal(1)
    expect(alone.said.replaceAll(/\s+/g, ' ')).to.contain('every failure counts as new')
  })

  it('touches no node for a run that is not there', async () => {
    const before = runs()
    const { exit, said } = await audit('--baseline', '20200101T000000Z')
    expect(exit).to.equal(2)
    expect(said).to.contain("there is no run '20200101T000000Z'")
    expect(runs()).to.deep.equal(before)
  })

  it('has its report although the earlier run is damaged, and says so', async () => {
    const last = runs().at(-1) ?? ''
    writeFileSync(join(root, last, 'nodes.ndjson.gz'), 'damaged '.repeat(100))
    const { exit, said } = await audit()
    expect(exit).to.equal(1)
    expect(baseline()).to.have.property('state', 'unreadable')
    expect(said).to.contain('could not be compared')
    expect(latest('index.html')).to.contain('Could not be compared')
  })
})
