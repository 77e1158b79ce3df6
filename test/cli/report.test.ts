import { expect } from 'chai'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../src/cli/run.ts'
import { reportRun } from '../../src/pipeline.ts'
import { reportFormats } from '../../src/model/report-format.ts'
import { bannerRun } from './made-run.ts'
import { fakeWorld } from './world.ts'

type Made = Awaited<ReturnType<typeof bannerRun>>

describe('a run that is judged again', () => {
  let made: Made
  let gate = ''
  beforeEach(async () => {
    made = await bannerRun({ 'db-1': 'welcome', 'db-2': 'hello' })
    gate = join(made.root, 'gate.xml')
  })
  afterEach(() => rmSync(made.root, { recursive: true, force: true }))
  const report = (...words: string[]): Promise<number> =>
    run(['report', made.id, '-o', made.root, '-p', made.profile, ...words], fakeWorld().world)
  const isGreen = (file: string): boolean => !/<(?:failure|error) /.test(readFileSync(file, 'utf8'))

  it('gives the gate the file of this verdict, whatever formats are asked for', async () => {
    expect(await report('--junit', gate)).to.equal(0)
    expect(isGreen(gate)).to.equal(true)
    expect(await report('--severity', 'medium', '-r', 'html', '--junit', gate)).to.equal(1)
    expect(isGreen(gate)).to.equal(false)
    expect(await report('-r', 'markdown', '--junit', gate)).to.equal(0)
    expect(isGreen(gate)).to.equal(true)
  })

  it('leaves no file of an earlier verdict beside those of this one', async () => {
    expect(await report()).to.equal(0)
    expect(await report('--severity', 'medium', '-r', 'html')).to.equal(1)
    expect(isGreen(join(made.folder, 'junit.xml'))).to.equal(false)
    expect(readFileSync(join(made.folder, 'summary.md'), 'utf8')).to.contain('exit 1')
    expect(JSON.parse(readFileSync(join(made.folder, 'audit.json'), 'utf8'))).to.have.nested.property(
      'verdict.exit',
      1,
    )
  })

  it('writes no format that nobody asked for', async () => {
    expect(await report('-r', 'markdown')).to.equal(0)
    for (const file of ['junit.xml', 'audit.json', 'index.html', 'remedies'])
      expect(existsSync(join(made.folder, file)), file).to.equal(false)
  })

  for (const [what, change, sentence] of [
    ['without nodes', { nodes: [] }, /is not as it should be at nodes: it has no node/],
    ['with a node that is named twice', { nodes: ['db-1', 'db-1'] }, /at nodes: it names a node twice/],
    ['with a node that has no name', { nodes: ['db-1', ''] }, /is not as it should be at nodes\.1/],
    ['from the year 5000', { startedAt: 95_617_584_000_000 }, /is not as it should be at startedAt/],
    ['that began before there were any', { startedAt: -1 }, /is not as it should be at startedAt/],
    ['that ended at no time', { endedAt: 1e300 }, /is not as it should be at endedAt/],
    ['that began in words', { startedAt: 'noon' }, /is not as it should be at startedAt/],
    ['of a format that is none', { format: 0 }, /is not as it should be at format/],
    ['of a format to come', { format: 99 }, /was written by a newer version of sefleet/],
    ['with an id that leads elsewhere', { id: '../../etc' }, /at id: it is not the id of a run/],
  ] as const)
    it(`${what} is refused, and the gate stays closed`, async () => {
      const path = join(made.folder, 'run.json')
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }))
      const { world, err } = fakeWorld()
      const words = ['report', made.folder, '-o', made.root, '-p', made.profile, '--junit', gate]
      expect(await run(words, world)).to.equal(2)
      expect(err()).to.match(sentence).and.to.contain('code: run-invalid').and.to.contain('next: ')
      expect(existsSync(gate)).to.equal(false)
    })

  it('tells a bug met while one node is written with that node, and the others are written as ever', async () => {
    const judged = async (onWritten?: Parameters<typeof reportRun>[1]['onWritten']) =>
      reportRun(made.folder, {
        profiles: [made.profile],
        gate: 'high',
        allowMissing: { nodes: 0 },
        failOn: 'any',
        formats: reportFormats,
        ...(onWritten ? { onWritten } : {}),
      })
    const page = () => readFileSync(join(made.folder, 'nodes/db-1.html'), 'utf8')
    const sound = await judged()
    const before = page()
    const audit = await judged(({ nodes }) => {
      if (nodes.some(({ name, status }) => name === 'db-2' && status === 'answered'))
        throw new TypeError('cannot read properties of undefined')
    })
    expect(audit.verdict.exit).to.equal(3)
    expect(audit.verdict.reasons).to.contain('a bug of sefleet was met on 1 node')
    const [well, broken] = audit.nodes
    expect(well).to.deep.equal(sound.nodes[0])
    expect(page().replaceAll(/exit\D+\d/g, '')).to.equal(before.replaceAll(/exit\D+\d/g, ''))
    expect(broken?.status).to.equal('partial')
    expect(broken?.error).to.deep.equal({
      code: 'internal',
      stage: 'evaluate',
      sentence:
        'node db-2: sefleet failed while it wrote the report of this node: TypeError: cannot read properties of undefined',
    })
    expect(isGreen(join(made.folder, 'junit.xml'))).to.equal(false)
    expect(readFileSync(join(made.folder, 'summary.md'), 'utf8')).to.contain('sefleet failed while it wrote')
  })

  it('ends with the bug where it is no node’s', async () => {
    const judged = reportRun(made.folder, {
      profiles: [made.profile],
      gate: 'high',
      allowMissing: { nodes: 0 },
      failOn: 'any',
      formats: ['markdown'],
      onWritten: ({ nodes }) => {
        if (nodes.length > 1) throw new TypeError('a bug of the whole')
      },
    })
    expect(await judged.then(() => 'no error', String)).to.equal('TypeError: a bug of the whole')
  })
})
