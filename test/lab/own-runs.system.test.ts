import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { run } from '../../src/cli/run.ts'
import type { Audit } from '../../src/model/audit.ts'
import { fakeWorld } from '../cli/world.ts'
import { useLightShell } from './light.ts'

const check = (id: string, command: string, more = ''): string =>
  `  - id: ${id}\n    title: ${id} is well\n    severity: high\n    command: { run: '${command}' }\n${more}`

const sefleet = async (...words: readonly string[]) => {
  const { world, out, err } = fakeWorld()
  const exit = await run(words, world)
  return { exit, out: out(), err: err() }
}

const flat = (text: string): string => text.replace(/\s+/g, ' ')

/** Runs with a profile of one's own, one after the other, of this machine; what its commands look at is ours. */
describe('runs with a profile of one’s own', function () {
  this.timeout(600_000)
  useLightShell()
  const folder = mkdtempSync(join(tmpdir(), 'sefleet-test-own-runs-'))
  const root = join(folder, 'reports')
  const home = process.cwd()
  after(() => {
    process.chdir(home)
    rmSync(folder, { recursive: true, force: true })
  })

  const marks = join(folder, 'marks')
  const damage = (name: string): void => writeFileSync(join(marks, name), '')
  const mend = (name: string): void => rmSync(join(marks, name))
  const isWell = (name: string): string => check(name, `test ! -e ${join(marks, name)}`)
  const site = (names: readonly string[]): void =>
    writeFileSync(join(folder, 'site.yaml'), `profile: site\nchecks:\n${names.map(isWell).join('')}`)

  const audit = (...words: readonly string[]) =>
    sefleet('audit', '-i', 'node-1,', '-c', 'local', '-o', root, ...words)
  const latest = (name: string): string =>
    readFileSync(join(root, 'latest', name), 'utf8').replace(/&#(\d+);/g, (_, code) =>
      String.fromCharCode(Number(code)),
    )
  const latestAudit = (): Audit => JSON.parse(latest('audit.json')) as Audit // just written by the tool
  const runs = (): readonly string[] =>
    readdirSync(root)
      .filter(name => /^\d/.test(name))
      .toSorted()

  before(() => {
    mkdirSync(marks)
    process.chdir(folder)
    site(['stays', 'mended', 'fine'])
    damage('stays')
    damage('mended')
  })

  it('judge, and make the folder of the JUnit file', async () => {
    const junit = join(folder, 'ci', 'results', 'junit.xml')
    const { exit, err } = await audit('-p', 'site.yaml', '--junit', junit)
    expect(exit, err).to.equal(1)
    expect(existsSync(junit)).to.equal(true)
    expect(flat(err)).to.contain(
      'It does not hold that “stays is well” on 1 node: the command ended with status 1',
    )
    expect(latest('summary.md'))
      .to.contain('It does not hold that “stays is well”')
      .and.to.not.match(/^## stays is well/m)
  })

  it('are not compared with what another profile asked in between, and what is known is neither new nor healthy', async () => {
    const [first = ''] = runs()
    writeFileSync(join(folder, 'other.yaml'), `profile: other\nchecks:\n${check('else', 'true')}`)
    expect((await audit('-p', 'other.yaml')).exit).to.equal(0)
    mend('mended')
    const { exit, err } = await audit('-p', 'site.yaml', '--fail-on', 'new')
    expect(exit, err).to.equal(0)
    const told = flat(err)
    expect(told).to.match(new RegExp(`1 node: 1 failing, known since run ${first} \\(`))
    expect(told).to.not.contain('healthy')
    expect(told).to.contain('fixed node-1 mended: passes again')
    expect(told).to.contain('as before: stays')
    expect(told).to.contain('1 failure as in the earlier run')
    expect(latest('summary.md')).to.contain(`## Fixed since run ${first}\n\n* mended on node-1`)
    expect(latest('summary.md')).to.match(/^# sefleet: 1 node: 1 failing, known since run /)
    expect(latest('junit.xml')).to.not.match(/<failure|<error/)
  })

  it('tell a check that was not asked before as such, until it was', async () => {
    damage('added')
    site(['stays', 'mended', 'fine', 'added'])
    const { exit, err } = await audit('-p', 'site.yaml', '--fail-on', 'new')
    expect(exit, err).to.equal(0)
    expect(flat(err)).to.contain('did not ask what added asks')
    expect(flat(err)).to.contain('1 failure that the earlier run did not ask for')
    const { baseline } = latestAudit()
    expect(baseline).to.deep.include({ newlyAsked: [{ check: 'added', nodes: ['node-1'] }] })
    expect(JSON.stringify(baseline)).to.not.match(/regressed|"change":"appeared","before":"unknown/)

    damage('fine')
    const next = await audit('-p', 'site.yaml', '--fail-on', 'new')
    expect(next.exit, next.err).to.equal(1)
    const broken = latestAudit().nodes[0]?.outcomes.filter(
      one => one.status === 'fail' && one.known === undefined,
    )
    expect(broken?.map(one => one.check)).to.deep.equal(['fine'])
  })

  it('are complete in themselves: judged and compared from anywhere, without the profile', async () => {
    const ids = runs()
    const [first = '', last = ''] = [ids[0], ids.at(-1)]
    rmSync(join(folder, 'site.yaml'))
    process.chdir(tmpdir())
    const again = await sefleet('report', 'last', '-o', root)
    expect(again.exit, again.err).to.equal(1)
    const compared = await sefleet('compare', first, last, '-o', root)
    expect(compared.exit, compared.err).to.equal(0)
    expect(compared.out).to.contain('mended')
    const mailed = join(folder, 'mailed')
    mkdirSync(mailed)
    const { cpSync } = await import('node:fs')
    cpSync(join(root, last), join(mailed, last), { recursive: true })
    expect((await sefleet('report', join(mailed, last), '-o', mailed)).exit).to.equal(1)
    // Others are asked for by -p: nothing of theirs was asked, so nothing is green.
    const others = await sefleet('report', 'last', '-o', root, '-p', join(folder, 'other.yaml'))
    expect(others.exit, others.err).to.equal(3)
  })

  it('keep the waivers they were given', async () => {
    process.chdir(folder)
    site(['stays'])
    writeFileSync(
      join(folder, 'waivers.yaml'),
      'waivers:\n  - { check: stays, nodes: all, reason: known, owner: us, until: 2099-01-01 }\n',
    )
    const first = await audit('-p', 'site.yaml', '--waivers', 'waivers.yaml')
    expect(first.exit, first.err).to.equal(0)
    expect(flat(first.err)).to.contain('1 failing, waived')
    rmSync(join(folder, 'waivers.yaml'))
    process.chdir(tmpdir())
    expect((await sefleet('report', 'last', '-o', root)).exit).to.equal(0)
    expect((await sefleet('report', 'last', '-o', root, '--waivers', 'none')).exit).to.equal(1)
  })

  it('say what to do where an older version did not keep the profile, and where its text was changed', async () => {
    const last = join(root, runs().at(-1) ?? '')
    const stored = join(last, 'profiles', 'site.yaml')
    writeFileSync(stored, `${readFileSync(stored, 'utf8')}# changed\n`)
    const changed = await sefleet('report', last, '-o', root)
    expect(changed.exit).to.equal(2)
    expect(changed.err).to.contain('is not the text that this run began with')
    rmSync(join(last, 'profiles'), { recursive: true })
    const gone = await sefleet('report', last, '-o', root)
    expect(gone.exit).to.equal(2)
    expect(gone.err).to.contain('code: profile-not-kept').and.to.contain('-p FILE')
    expect((await sefleet('report', last, '-o', root, '-p', join(folder, 'site.yaml'))).exit).to.equal(0)
  })

  it('are refused before a node is asked where the JUnit file cannot be written', async () => {
    const before = runs().length
    const { exit, err } = await audit(
      '-p',
      join(folder, 'other.yaml'),
      '--junit',
      join(folder, 'other.yaml', 'junit.xml'),
    )
    expect(exit).to.equal(2)
    expect(err).to.contain('cannot write the JUnit file')
    expect(runs().length).to.equal(before)
  })

  it('are what the lab’s demo makes of it, from another working directory', async () => {
    process.chdir(folder)
    const { exit, err } = await sefleet('lab', 'demo', '-p', 'other.yaml', '-o', join(folder, 'demo'))
    expect(exit, err).to.equal(0)
    process.chdir(tmpdir())
    const again = await sefleet('report', 'last', '-o', join(folder, 'demo'))
    expect(again.exit, again.err).to.be.oneOf([0, 1, 3])
    expect(again.err).to.not.contain('code:')
  })
})
