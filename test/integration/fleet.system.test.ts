import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import type { Audit } from '../../src/model/audit.ts'
import { limits } from '../../src/model/limits.ts'
import { parseYaml } from '../../src/model/yaml.ts'
import { needs } from '../tools.ts'
import { startFleet, type Fleet } from './sshd-fleet.ts'

const main = join(import.meta.dirname, '../../src/main.js')
const load = (file: string): unknown => parseYaml(readFileSync(file, 'utf8')).value
// Our own fixtures.
const expectedOutcomes = load('test/lab/expected.yaml') as Record<string, Record<string, string>>
const expectedErrors = load('test/integration/expected-errors.yaml') as Record<
  string,
  { readonly status: string; readonly code: string }
>

describe('a fleet behind OpenSSH', function () {
  this.timeout(600_000)
  // Each of the lab's nodes once.
  const goodNodes = 12
  const folder = mkdtempSync(join(tmpdir(), 'sefleet-test-fleet-'))
  let fleet: Fleet
  before(async function () {
    needs(this, 'sshd', 'ssh-keygen')
    fleet = await startFleet(folder, goodNodes, true)
  })
  after(async () => {
    await fleet?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const start = (root: string): ChildProcess =>
    spawn(
      process.execPath,
      [
        main,
        'audit',
        '-i',
        fleet.inventory,
        '--private-key',
        fleet.privateKey,
        '--known-hosts',
        fleet.knownHosts,
        '-u',
        'root',
        '-T',
        '2',
        '--forks',
        '8',
        // Far more than a good node takes on a machine that has other work to do.
        '--task-timeout',
        '60',
        '-o',
        join(folder, root),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
  const runsIn = (root: string): readonly string[] => {
    try {
      return readdirSync(join(folder, root)).filter(name => /^\d{8}T/.test(name))
    } catch {
      return []
    }
  }
  const bytesIn = (root: string): number => {
    try {
      return statSync(join(folder, root, runsIn(root)[0] ?? '', 'nodes.ndjson.gz')).size
    } catch {
      return 0
    }
  }

  describe('with nodes in every kind of trouble', () => {
    let audit: Audit
    let peak = 0
    let exit: number | null = null

    before(async () => {
      const child = start('trouble')
      const watch = setInterval(() => {
        peak = Math.max(peak, peakOf(child.pid))
      }, 50)
      let said = ''
      child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
      ;[exit] = (await once(child, 'exit')) as [number | null] // ChildProcess's own event
      clearInterval(watch)
      const [run = ''] = runsIn('trouble')
      expect(run, said).to.not.equal('')
      audit = JSON.parse(readFileSync(join(folder, 'trouble', run, 'audit.json'), 'utf8')) as Audit // just written by the tool
    })

    it('ends by itself with exit 1', () => expect(exit).to.equal(1))

    it('judges every good node as its own data says', () => {
      for (const [name, kind] of fleet.kinds) {
        const node = audit.nodes.find(one => one.name === name)
        expect(node?.status, `${name}: ${node?.error?.sentence ?? ''}`).to.equal('answered')
        const wanted = Object.fromEntries(
          audit.checks.map(({ id }) => [id, expectedOutcomes[kind]?.[id] ?? 'pass']),
        )
        expect(
          Object.fromEntries(node?.outcomes.map(({ check, status }) => [check, status]) ?? []),
          `${name} like ${kind}`,
        ).to.deep.equal(wanted)
      }
    })

    for (const [name, wanted] of Object.entries(expectedErrors))
      it(`says of the node that is ${name}: ${wanted.status}, ${wanted.code}`, () => {
        const node = audit.nodes.find(one => one.name === name)
        expect({ status: node?.status, code: node?.error?.code }, node?.error?.sentence).to.deep.equal(wanted)
      })

    it('reads less than twice its limit of a 1 GiB flood', () => {
      const sentence = audit.nodes.find(({ name }) => name === 'flood')?.error?.sentence ?? ''
      const bytes = Number(/after (\d+) bytes/.exec(sentence)?.[1])
      expect(bytes)
        .to.be.above(limits.nodeBytes)
        .and.below(2 * limits.nodeBytes)
    })

    it('has each distinct policy once, whole', () => {
      const policies = join(folder, 'trouble', runsIn('trouble')[0] ?? '', 'policies')
      const files = readdirSync(policies)
      expect(files.length).to.be.above(2)
      for (const file of files) {
        const bytes = gunzipSync(readFileSync(join(policies, file)))
        expect(file).to.equal(`${createHash('sha256').update(bytes).digest('hex')}.gz`)
      }
    })

    it('stays below 300 MB', () => expect(peak).to.be.above(10).and.below(300))

    it('leaves no process of its own on the nodes', async () => {
      const end = Date.now() + 90_000
      while (fleet.leftovers().length > 0 && Date.now() < end) await pause(200)
      expect(fleet.leftovers()).to.deep.equal([])
    })
  })

  it('keeps on ^C what was collected, exits 130, and the run can be judged', async () => {
    const child = start('interrupted')
    while (bytesIn('interrupted') === 0 && child.exitCode === null) await pause(20)
    child.kill('SIGINT')
    const [exit] = (await once(child, 'exit')) as [number | null] // ChildProcess's own event
    expect(exit).to.equal(130)
    const info = JSON.parse(
      readFileSync(join(folder, 'interrupted', runsIn('interrupted')[0] ?? '', 'run.json'), 'utf8'),
    ) as { state: string } // our own file
    expect(info.state).to.equal('interrupted')
    const again = report('interrupted')
    expect(again.status, again.stderr).to.be.oneOf([1, 3])
    expect(again.stderr).to.match(new RegExp(`${goodNodes + 6} nodes: .*missing`))
  })

  for (const moment of ['before the first record', 'after the first record', 'after many records'] as const)
    it(`is readable after kill -9 ${moment}`, async () => {
      const root = `killed ${moment}`
      const child = start(root)
      const enough = {
        'before the first record': 0,
        'after the first record': 1,
        'after many records': 20_000,
      }[moment]
      while ((runsIn(root).length === 0 || bytesIn(root) < enough) && child.exitCode === null) await pause(10)
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      const again = report(root)
      expect(again.status, again.stderr).to.be.oneOf([1, 3])
      expect(again.stderr).to.include(`${goodNodes + 6} nodes`)
    })

  const report = (root: string) =>
    spawnSync(process.execPath, [main, 'report', runsIn(root)[0] ?? '', '-o', join(folder, root)], {
      encoding: 'utf8',
      timeout: 600_000,
    })
})

/** Peak resident memory so far, MB. */
const peakOf = (pid: number | undefined): number => {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
