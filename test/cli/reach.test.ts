import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { run } from '../../src/cli/run.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { readRun } from '../../src/store/read.ts'
import { startTcpServer, type TestServer } from '../transport/server.ts'
import { makeKey } from '../transport/home.ts'
import { fakeWorld } from './world.ts'

describe('reaching the nodes, from the command line', function () {
  this.timeout(120_000)
  let folder = ''
  let silent: TestServer
  let inventory = ''
  before(async () => {
    silent = await startTcpServer(socket => void socket.resume())
  })
  after(() => silent.close())
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
    writeFileSync(join(folder, 'known_hosts'), '')
    writeFileSync(join(folder, 'key'), makeKey().private, { mode: 0o600 })
    inventory = join(folder, 'inventory.yaml')
    const hosts = ['mute-1', 'mute-2', 'mute-3'].map(
      name => `    ${name}: {ansible_host: 127.0.0.1, ansible_port: ${silent.port}, sefleet_peers: x}\n`,
    )
    writeFileSync(
      inventory,
      `all:\n  vars: {ansible_user: ada}\n  hosts:\n${hosts.join('')}    here: {ansible_connection: local}\n`,
    )
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const sefleet = async (...argv: string[]) => {
    const { world, out, err } = fakeWorld()
    const exit = await run([...argv, '-i', inventory, '-o', join(folder, 'reports')], world)
    return { exit, out: out(), err: err() }
  }
  const collect = (...argv: string[]) =>
    sefleet(
      'collect',
      '-F',
      'none',
      '--known-hosts',
      join(folder, 'known_hosts'),
      '--private-key',
      join(folder, 'key'),
      ...argv,
    )
  const records = async (): Promise<ReadonlyMap<string, NodeRecord>> => {
    const found = new Map<string, NodeRecord>()
    for await (const record of (await readRun(join(folder, 'reports', 'latest'))).records())
      found.set(record.node, record)
    return found
  }

  it('ends at the deadline: what was being asked and what had not had its turn are missing by that name', async () => {
    const { exit, err } = await collect('-l', 'mute-*', '-f', '2', '-T', '100', '--deadline', '1s')
    expect(exit, err).to.equal(0)
    const found = [...(await records()).values()].map(({ node, status, error }) => [
      node,
      status,
      error?.code,
      error?.sentence.replace(/127\.0\.0\.1:\d+/, 'HERE'),
    ])
    const asked = 'the run’s deadline of 1 s passed while logging in at HERE'
    expect(found.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))).to.deep.equal([
      ['mute-1', 'missing', 'deadline', `node mute-1: ${asked}`],
      ['mute-2', 'missing', 'deadline', `node mute-2: ${asked}`],
      [
        'mute-3',
        'missing',
        'deadline',
        'node mute-3: the run’s deadline of 1 s passed before it had its turn',
      ],
    ])
    // A deadline is no interruption: the run is whole, and green for nobody.
    const { info } = await readRun(join(folder, 'reports', 'latest'))
    expect(info.state).to.equal('finished')
    const { world, err: said } = fakeWorld()
    expect(await run(['report', 'last', '-o', join(folder, 'reports')], world)).to.equal(3)
    expect(said()).to.include('deadline')
  })

  it('asks again those without an answer, by the run or by the file that it left', async () => {
    await collect('-l', 'mute-1:mute-3:here', '-T', '2', '-p', 'selinux-baseline')
    expect(
      [...(await records()).values()].filter(({ status }) => status === 'answered').map(({ node }) => node),
    ).to.deep.equal(['here'])
    const listed = '  hosts (2):\n    mute-1\n    mute-3\n'
    const missing = join(folder, 'reports', 'latest', 'missing.txt')
    expect(readFileSync(missing, 'utf8')).to.equal('mute-1\nmute-3\n')
    expect((await sefleet('audit', '--list-hosts', '-l', `@${missing}`)).out).to.equal(listed)
    expect((await sefleet('audit', '--list-hosts', '--limit-from', 'last:missing')).out).to.equal(listed)
    expect(
      (await sefleet('audit', '--list-hosts', '--limit-from', 'last:missing', '-l', '!mute-1')).out,
    ).to.equal('  hosts (1):\n    mute-3\n')
    writeFileSync(inventory, 'all: {hosts: {mute-3: , new-1: }}\n')
    const { out, err } = await sefleet('audit', '--list-hosts', '--limit-from', 'last:missing')
    expect(out).to.equal('  hosts (1):\n    mute-3\n')
    expect(err).to.match(/1 of the nodes without an answer in run \S+ are not in this inventory: mute-1/)
  })

  it('says so where every node answered', async () => {
    await collect('-l', 'here', '-p', 'selinux-baseline')
    const { exit, err } = await sefleet('audit', '--limit-from', 'last:missing')
    expect(exit).to.equal(2)
    expect(err).to.match(/every node of run \S+ answered: there is none to ask again/)
  })

  for (const [argv, said] of [
    [['--deadline', '30'], 'a duration such as 90s, 30m or 1h30m is needed'],
    [['--deadline', '0m'], 'a duration such as'],
    [['--deadline', '9999h'], 'a week at most'],
    [['--host-keys', 'acept-new'], 'did you mean accept-new?'],
    [['--limit-from', 'last:failed'], '--limit-from is RUN:missing, e.g. last:missing, and not'],
    [['--limit-from', 'last'], '--limit-from is RUN:missing'],
    [['-F', '/no/such/config'], '-F /no/such/config: there is no such file'],
    [['--key-file=/no/such/key'], '--private-key /no/such/key: there is no such file'],
    [['--limit-from', 'last:missing'], 'run-not-found'],
  ] as const)
    it(`refuses ${argv.join(' ')}`, async () => {
      const { exit, err } = await sefleet('audit', ...argv)
      expect(exit).to.equal(2)
      expect(err).to.include(said)
    })

  it('refuses a reports root in which no folder can be made, before a node is touched', async () => {
    const { world, err } = fakeWorld()
    const before = silent.connections()
    expect(
      await run(
        [
          'collect',
          '-i',
          inventory,
          '-l',
          'mute-1',
          '-F',
          'none',
          '--known-hosts',
          join(folder, 'known_hosts'),
          '-o',
          '/proc/here/reports',
        ],
        world,
      ),
    ).to.equal(2)
    expect(err()).to.include('store-unwritable')
    expect(silent.connections()).to.equal(before)
  })
})
