import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { run } from '../../src/cli/run.ts'
import { startLab, type Lab } from '../../src/lab/lab.ts'
import type { Audit } from '../../src/model/audit.ts'
import { fakeWorld } from '../cli/world.ts'

const command = (id: string, words: string, severity = 'high'): string =>
  `  - id: ${id}\n    title: ${id}\n    severity: ${severity}\n    command: ${words}\n`

/** A stranger’s own profile: the one README shows, and one whose outcomes are known beforehand. */
describe('a profile of one’s own', function () {
  this.timeout(600_000)
  const folder = mkdtempSync(join(tmpdir(), 'sefleet-test-own-'))
  let lab: Lab
  before(async () => {
    lab = await startLab({ folder, ports: 'free' })
  })
  after(async () => {
    await lab?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const audited = async (
    name: string,
    text: string,
    limit: string,
  ): Promise<{ readonly exit: number; readonly outcomes: ReadonlyMap<string, readonly string[]> }> => {
    const profile = join(folder, `${name}.yaml`)
    const root = join(folder, name)
    writeFileSync(profile, text)
    const { world, err } = fakeWorld()
    const from = ['-i', lab.inventory, '--private-key', lab.privateKey, '--known-hosts', lab.knownHosts]
    const exit = await run(['audit', ...from, '-l', limit, '-p', profile, '-o', root], world)
    expect(exit, err()).to.be.oneOf([0, 1, 3])
    const audit = JSON.parse(readFileSync(join(root, 'latest', 'audit.json'), 'utf8')) as Audit // just written by the tool
    const outcomes = new Map(
      audit.checks.map(({ id }, column) => [
        id,
        audit.nodes.map(node => node.outcomes[column]?.status ?? 'none'),
      ]),
    )
    return { exit, outcomes }
  }

  it('from README is valid and judges the lab', async () => {
    const text = /```yaml\n(profile: site\n[^]*?)```/.exec(readFileSync('README.md', 'utf8'))?.[1]
    if (text === undefined) throw new Error('README shows no profile')
    const { exit, outcomes } = await audited('readme', text, 'cp-01')
    // The lab's commands read this machine's kernel.
    const enough = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8')) >= 100_000
    expect(outcomes.get('pid-limit')).to.deep.equal([enough ? 'pass' : 'fail'])
    expect(outcomes.get('no-docker')).to.deep.equal(['pass'])
    expect(exit).to.equal(enough ? 0 : 1)
  })

  it('may ask anything by command, and takes no silence for consent', async () => {
    const { exit, outcomes } = await audited(
      'commands',
      [
        'profile: commands\nchecks:\n',
        command('ends-well', "{ run: 'true' }"),
        command('ends-badly', "{ run: 'exit 3' }"),
        command('ends-as-expected', "{ run: 'exit 3', exit: 3 }"),
        command('says-so', "{ run: 'echo one; echo two', stdout: { matches: '(?m)^two$' } }"),
        command('says-otherwise', "{ run: 'echo one', stdout: { equals: two } }"),
        command('says-what-it-must-not', "{ run: 'echo an error', stdout: { lacks: error } }"),
        command('is-not-there', '{ run: no-such-command }'),
        command('never-ends', "{ run: 'echo before; sleep 60', seconds: 1, stdout: { matches: before } }"),
        command('never-stops-talking', "{ run: 'while :; do echo more; done', seconds: 2 }"),
      ].join(''),
      'cp-01',
    )
    expect(Object.fromEntries([...outcomes].map(([id, [status]]) => [id, status]))).to.deep.equal({
      'ends-well': 'pass',
      'ends-badly': 'fail',
      'ends-as-expected': 'pass',
      'says-so': 'pass',
      'says-otherwise': 'fail',
      'says-what-it-must-not': 'fail',
      'is-not-there': 'unknown',
      'never-ends': 'unknown',
      'never-stops-talking': 'unknown',
    })
    expect(exit).to.equal(1)
  })

  it('gates with 3 when nothing fails and something could not be judged', async () => {
    const text = `profile: lame\nchecks:\n${command('is-not-there', '{ run: no-such-command }')}`
    expect((await audited('lame', text, 'cp-01')).exit).to.equal(3)
  })

  it('does not gate below its severity', async () => {
    const text = `profile: mild\nchecks:\n${command('ends-badly', "{ run: 'false' }", 'medium')}`
    expect((await audited('mild', text, 'cp-01')).exit).to.equal(0)
  })
})
