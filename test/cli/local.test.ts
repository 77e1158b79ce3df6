import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { run } from '../../src/cli/run.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { readRun } from '../../src/store/read.ts'
import { fakeWorld } from './world.ts'

// What this machine answers is its own affair: only that it answered is asserted.
describe('this machine as a node', function () {
  this.timeout(600_000)
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const recordsOf = async (): Promise<ReadonlyMap<string, NodeRecord>> => {
    const records = new Map<string, NodeRecord>()
    for await (const record of (await readRun(join(folder, 'latest'))).records())
      records.set(record.node, record)
    return records
  }

  it('is audited without SSH, known_hosts or keys', async () => {
    const { world, out, err } = fakeWorld()
    const nowhere = join(folder, 'nowhere')
    const exit = await run(
      ['audit', '-i', 'localhost,', '-c', 'local', '-b', '--known-hosts', nowhere, '-o', folder],
      world,
    )
    expect(exit, err()).to.be.oneOf([0, 1, 3])
    expect(out()).to.equal('')
    const record = (await recordsOf()).get('localhost')
    expect(record, record?.error?.sentence).to.include({ status: 'answered', address: 'this machine' })
  })

  it('is asked beside nodes that are reached over SSH', async () => {
    const inventory = join(folder, 'inventory.yaml')
    const knownHosts = join(folder, 'known_hosts')
    writeFileSync(knownHosts, '')
    writeFileSync(
      inventory,
      'all: {hosts: {localhost: {ansible_connection: local}, db-1: {ansible_host: 127.0.0.1, ansible_port: 1}}}\n',
    )
    const { world, err } = fakeWorld()
    const exit = await run(['collect', '-i', inventory, '--known-hosts', knownHosts, '-o', folder], world)
    expect(exit, err()).to.equal(0)
    const records = await recordsOf()
    expect(records.get('localhost')).to.include({ status: 'answered' })
    expect(records.get('db-1')).to.include({ status: 'missing', address: '127.0.0.1:1' })
  })
})
