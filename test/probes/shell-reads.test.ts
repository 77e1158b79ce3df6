import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { prelude } from '../../src/probes/fragment.ts'
import { parseAsk, planOf } from '../../src/probes/index.ts'
import { frameOf } from './fixtures.ts'

// What the shell of a node reads and asks by itself, with this machine's own stat.
describe('what the shell reads', () => {
  let root = ''
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'sefleet-test-shell-'))
    for (const folder of ['etc/a b', 'etc/selinux', 'proc'])
      mkdirSync(join(root, folder), { recursive: true })
    for (const file of ["etc/it's", 'etc/plain', 'etc/a b/c']) writeFileSync(join(root, file), 'x\n')
  })
  after(() => rmSync(root, { recursive: true, force: true }))

  const run = (fragment: string) => {
    const { stdout, status } = spawnSync('/bin/sh', ['-c', prelude + fragment], {
      env: { ...process.env, R: root, LC_ALL: 'C' },
      encoding: 'utf8',
      timeout: 20_000,
    })
    return { stdout, exit: status ?? -1 }
  }

  it('tells of each path whether it is there, whatever its name', () => {
    const wanted = {
      '/etc/plain': 'present',
      "/etc/it's": 'present',
      '/etc/a b/c': 'present',
      '/etc/a b': 'present',
      '/etc/gone': 'absent',
      "/etc/it's gone": 'absent',
      '/etc/"gone"': 'absent',
      '/etc/plain/below-a-file': 'absent',
      '/plain': 'absent',
    }
    const ask = { probe: 'files', params: { paths: Object.keys(wanted), digest: false } } as const
    const reading = parseAsk(ask, frameOf(ask, run(planOf(ask).fragment)))
    if (reading.state !== 'read') throw new Error(reading.detail)
    expect(Object.fromEntries(reading.value.map(({ path, state }) => [path, state]))).to.deep.equal(wanted)
  })

  it('reads a value as one line, within its bound', () => {
    writeFileSync(join(root, 'proc/lines'), 'one\ntwo \\n\n\nlast')
    writeFileSync(join(root, 'proc/nul'), 'a:b:c_t:s0\0')
    writeFileSync(join(root, 'proc/long'), `${'y'.repeat(1000)}\n`.repeat(100))
    expect(run('show x /proc/lines').stdout).to.equal('x=one two \\n  last\n')
    expect(run('show x /proc/nul').stdout).to.equal('x=a:b:c_t:s0\n')
    expect(run('show x /proc/long').stdout.length).to.equal('x=\n'.length + 4096)
    expect(run('show x /proc/none').stdout).to.equal('x!absent\n')
  })

  it('waits for no pipe', () => {
    execFileSync('mkfifo', [join(root, 'proc/pipe')])
    expect(run('show x /proc/pipe')).to.deep.equal({ stdout: 'x!denied\n', exit: 0 })
  })
})
