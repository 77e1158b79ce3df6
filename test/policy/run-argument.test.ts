import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { askId } from '../../src/model/ask.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { openRun } from '../../src/store/open.ts'
import { policyFile, policyKeep } from '../../src/store/policies.ts'
import { madeRecord, madeRun } from '../store/made.ts'
import { sefleetPolicy } from './sefleet-policy.ts'

const sha256Of = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')
const [loaded, installed] = ['after', 'before'].map(name =>
  readFileSync(`test/fixtures/policies/${name}.33`),
) as [Buffer, Buffer] // two names, two files
const notPulled = [{ sha256: 'e'.repeat(64), problem: 'status 4, busy' }]

const recordOf = (node: string, loadedSha: string): NodeRecord => {
  const stdout = `loaded=${loadedSha}\ninstalled\t/etc/selinux/targeted/policy/policy.33\t${sha256Of(installed)}\t1700000000\n`
  const ask = askId({ probe: 'policy-files', params: {} })
  const frame = { ask, exit: 0, ms: 1, stdout, stderr: '', sha256: sha256Of(stdout) }
  const states = '#booleans\ncontainer_use_devices:1 1\n'
  const booleans = {
    ask: askId({ probe: 'booleans', params: {} }),
    exit: 0,
    ms: 1,
    stdout: states,
    stderr: '',
    sha256: sha256Of(states),
  }
  return {
    ...madeRecord(node),
    frames: [frame, booleans],
    ...(loadedSha.startsWith('e') ? { notPulled } : {}),
  }
}

describe('policies of a run', () => {
  let root = ''
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
    const run = await openRun({ root, run: madeRun(['worker-1', 'worker-2', 'worker-3']) })
    const keep = policyKeep(root, run.folder)
    for (const bytes of [loaded, installed]) await keep.keep(sha256Of(bytes), gzipSync(bytes))
    await run.append(recordOf('worker-1', sha256Of(loaded)))
    await run.append(recordOf('worker-2', 'e'.repeat(64)))
    await run.append({ ...madeRecord('worker-3'), status: 'missing', frames: [] })
    await run.finish('finished')
  })
  after(() => rmSync(root, { recursive: true }))

  const question = '-A -s container_t -t spc_t -c unix_stream_socket -p connectto'.split(' ')

  it('answer like files: the loaded one, or the installed one', async () => {
    const now = await sefleetPolicy(['search', ...question, 'last:worker-1', '-o', root])
    expect(now).to.deep.equal({ out: '', err: '', status: 0 })
    const then = await sefleetPolicy(['search', ...question, 'last:worker-1', '-o', root, '--installed'])
    expect(then.out).to.equal('allow container_domain spc_t:unix_stream_socket connectto;\n')
  })

  it('are explained with the booleans that the node had then', async () => {
    const words = [
      'why',
      'last:worker-1',
      '-o',
      root,
      ...'-s container_t -t device_t -c chr_file -p read'.split(' '),
    ]
    expect((await sefleetPolicy(words)).out).to.contain('chr_file read: allowed\n')
    expect((await sefleetPolicy([...words, '--installed'])).out).to.contain('a boolean would allow it')
    const off = await sefleetPolicy([...words, '--boolean', 'container_use_devices=off'])
    expect(off.out).to.contain('a boolean would allow it')
  })

  it('are compared with files', async () => {
    const { out } = await sefleetPolicy([
      'diff',
      'test/fixtures/policies/before.33',
      'last:worker-1',
      '-o',
      root,
    ])
    expect(out).to.contain('removed: allow container_domain spc_t:unix_stream_socket connectto;')
  })

  for (const [name, sentence] of [
    ['last:worker-2', 'node worker-2: its policy was not fetched: status 4, busy'],
    ['last:worker-3', 'node worker-3: it was not asked for its policy, or did not answer'],
    ['last:worker-9', "node worker-9: no record of such a node (did you mean 'worker-1'?)"],
    ['20200101T000000Z:worker-1', "there is no run '20200101T000000Z'"],
  ] as const)
    it(`say why there is none: ${name}`, async () => {
      const { out, err, status } = await sefleetPolicy(['info', name, '-o', root])
      expect({ out, status }).to.deep.equal({ out: '', status: 2 })
      expect(err).to.contain(sentence)
    })

  it('are linked from the last run, not fetched again', async () => {
    const run = await openRun({ root, run: madeRun(['worker-1'], Date.UTC(2026, 10, 24)) })
    const keep = policyKeep(root, run.folder)
    expect(await keep.find(sha256Of(loaded))).to.deep.equal(loaded)
    expect(await keep.find('d'.repeat(64))).to.equal(undefined)
    expect(readFileSync(join(run.folder, policyFile(sha256Of(loaded)))).equals(gzipSync(loaded))).to.equal(
      true,
    )
  })
})
