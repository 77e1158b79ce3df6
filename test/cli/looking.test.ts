import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { run } from '../../src/cli/run.ts'
import { version } from '../../src/version.ts'
import { fakeWorld } from './world.ts'

describe('looking before touching', () => {
  it('--list-hosts prints as ansible does and makes no run', async () => {
    const { world, out } = fakeWorld()
    expect(await run(['audit', '-i', 'n2,n1,', '--list-hosts', '-o', 'reports/none'], world)).to.equal(0)
    expect(out()).to.equal('  hosts (2):\n    n2\n    n1\n')
    expect(existsSync('reports/none')).to.equal(false)
  })

  it('--show-script prints the script, the command it is the stdin of, and makes no run', async () => {
    const { world, out, err } = fakeWorld()
    expect(await run(['audit', '-i', 'n1,', '-b', '--show-script', '-o', 'reports/none'], world)).to.equal(0)
    expect(out())
      .to.match(/^m=RANDOM-MARKER\n/)
      .and.to.include('ausearch')
    expect(err())
      .to.include('sudo -n')
      .and.to.match(/sha256 of the rest: [0-9a-f]{64}/)
    expect(existsSync('reports/none')).to.equal(false)
  })

  it('--version and --help exit 0 on stdout', async () => {
    const shown = fakeWorld()
    expect(await run(['--version'], shown.world)).to.equal(0)
    expect(shown.out()).to.equal(`${version}\n`)
    const helped = fakeWorld()
    expect(await run(['audit', '--help'], helped.world)).to.equal(0)
    expect(helped.out()).to.include('--allow-missing')
    expect(helped.err()).to.equal('')
  })

  it('help fits 80 columns', async () => {
    for (const command of [
      [],
      ['audit'],
      ['collect'],
      ['report'],
      ['runs', 'list'],
      ['profile', 'check'],
      ['lab', 'demo'],
      ['policy'],
      ...['search', 'info', 'diff', 'why'].map(name => ['policy', name]),
    ]) {
      const { world, out } = fakeWorld()
      expect(await run([...command, '--help'], world)).to.equal(0)
      expect(
        out()
          .split('\n')
          .filter(line => line.length > 80),
        command.join(' '),
      ).to.deep.equal([])
    }
  })

  it('lists the shipped profiles with the default ones marked', async () => {
    const { world, out } = fakeWorld()
    expect(await run(['profile', 'list'], world)).to.equal(0)
    expect(out())
      .to.match(/^\* longhorn-selinux /m)
      .and.to.match(/^\* selinux-baseline /m)
  })
})
