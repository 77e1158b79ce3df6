import { expect } from 'chai'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { SefleetError } from '../../src/errors.ts'
import { findRun, listRuns } from '../../src/store/find.ts'
import { openRun, type RunWriter } from '../../src/store/open.ts'
import { readRun } from '../../src/store/read.ts'
import { gathered, madeRecord, madeRun } from './made.ts'

/** `CODE SENTENCE` of what is thrown. */
const errorOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise
  } catch (error) {
    if (error instanceof SefleetError) return `${error.code} ${error.message}`
    throw error
  }
  return 'no error'
}

const mode = (path: string): number => statSync(path).mode & 0o777

describe('a run', () => {
  let root = ''
  beforeEach(() => {
    root = join(mkdtempSync(join(tmpdir(), 'sefleet-store-')), 'deep', 'reports')
  })
  afterEach(() => rmSync(join(root, '../..'), { recursive: true, force: true }))

  const open = (startedAt?: number): Promise<RunWriter> =>
    openRun({ root, run: madeRun(['db-1', 'db-2'], ...(startedAt === undefined ? [] : [startedAt])) })
  const done = async (
    startedAt?: number,
    state: 'finished' | 'interrupted' = 'finished',
  ): Promise<string> => {
    const run = await open(startedAt)
    await run.append(madeRecord('db-1'))
    await run.finish(state, 1_795_400_100_000)
    return run.info.id
  }
  const inRoot = (path: string): string => readFileSync(join(root, path), 'utf8')

  it('gives back what was written, record by record', async () => {
    const run = await open()
    await Promise.all(['db-2', 'db-1'].map(name => run.append(madeRecord(name))))
    const ended = await run.finish('finished', 1_795_400_100_000)
    const stored = await readRun(run.folder)
    expect(stored.info).to.deep.equal(ended)
    expect(stored.info).to.include({ state: 'finished', endedAt: 1_795_400_100_000, id: '20261123T021400Z' })
    const records = await gathered(stored.records())
    expect(records.toSorted((a, b) => (a.node < b.node ? -1 : 1))).to.deep.equal([
      madeRecord('db-1'),
      madeRecord('db-2'),
    ])
  })

  it('keeps text of every kind as it was', async () => {
    const hostile = '\u0000\u001b[31m\ud83d\ude00 \ud800 \u2028 "\\\n<script>'
    const run = await open()
    await run.append({ ...madeRecord('db-1'), node: hostile })
    const [record] = await gathered((await readRun(run.folder)).records())
    expect(record?.node).to.equal(hostile)
    await run.finish('finished')
  })

  it('is plain gzip of one JSON line per node to every other program', async () => {
    const id = await done()
    const lines = gunzipSync(readFileSync(join(root, id, 'nodes.ndjson.gz')))
      .toString()
      .split('\n')
    expect(lines.map(line => (line === '' ? undefined : JSON.parse(line).node))).to.deep.equal([
      'db-1',
      undefined,
    ])
  })

  it('is closed to others', async () => {
    const run = await open()
    await run.writeFile('nodes/db-1.html', 'x')
    await run.finish('finished')
    for (const folder of [root, run.folder, join(run.folder, 'nodes')])
      expect(mode(folder) & 0o027, folder).to.equal(0)
    for (const file of ['run.json', 'nodes.ndjson.gz', 'nodes/db-1.html']) {
      expect(mode(join(run.folder, file)) & 0o137, file).to.equal(0)
    }
  })

  it('says running while it is written, and interrupted once its writer is gone', async () => {
    const run = await open()
    expect((await readRun(run.folder)).info.state).to.equal('running')
    const path = join(run.folder, 'run.json')
    const info = JSON.parse(readFileSync(path, 'utf8'))
    // A process that only has the same number by chance is not the writer.
    writeFileSync(path, JSON.stringify({ ...info, writer: { ...info.writer, mark: 'another boot 1' } }))
    expect((await readRun(run.folder)).info.state).to.equal('interrupted')
    writeFileSync(path, JSON.stringify({ ...info, writer: undefined }))
    expect((await readRun(run.folder)).info.state).to.equal('interrupted')
    await run.finish('interrupted')
    expect((await readRun(run.folder)).info)
      .to.include({ state: 'interrupted' })
      .and.not.have.property('writer')
  })

  it('gets a number behind its id when the second is taken', async () => {
    expect([await done(), await done(), await done()]).to.deep.equal([
      '20261123T021400Z',
      '20261123T021400Z-2',
      '20261123T021400Z-3',
    ])
  })

  it('becomes latest when it has finished, and only then', async () => {
    const first = await done()
    await done(undefined, 'interrupted')
    expect(readlinkSync(join(root, 'latest'))).to.equal(first)
    const third = await done()
    expect(readlinkSync(join(root, 'latest'))).to.equal(third)
    expect(readdirSync(root).filter(name => name.startsWith('.'))).to.deep.equal([])
  })

  it('takes files whole, in pieces, and also after its end', async () => {
    const run = await open()
    await run.finish('finished')
    await run.writeFile('index.html', '<p>')
    await run.writeFile(
      'audit.json',
      (async function* () {
        yield '{"a":'
        yield '1}'
      })(),
    )
    await run.writeFile('assets/icon.png', Uint8Array.of(1, 2, 255))
    expect(inRoot(`${run.info.id}/audit.json`)).to.equal('{"a":1}')
    expect([...readFileSync(join(run.folder, 'assets/icon.png'))]).to.deep.equal([1, 2, 255])
  })

  it('leaves no half file, and keeps the old one, when its text breaks off', async () => {
    const run = await open()
    await run.writeFile('audit.json', 'old')
    const broken = (async function* () {
      yield 'new'
      throw new Error('a bug in the reporter')
    })()
    const failed = await run.writeFile('audit.json', broken).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failed).to.be.an('error').with.property('message', 'a bug in the reporter')
    expect(inRoot(`${run.info.id}/audit.json`)).to.equal('old')
    expect(readdirSync(run.folder).toSorted()).to.deep.equal(['audit.json', 'nodes.ndjson.gz', 'run.json'])
    await run.finish('interrupted')
  })

  for (const path of ['../escape', '/escape', 'nodes/../../escape', '.', '']) {
    it(`writes no file outside its folder: '${path}'`, async () => {
      const run = await open()
      const failed = await run.writeFile(path, 'x').then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(failed)
        .to.be.an('error')
        .with.property('message')
        .that.matches(/leads out of the run's folder/)
      await run.finish('interrupted')
    })
  }

  it('can’t start where there is no folder to write in', async () => {
    mkdirSync(join(root, '..'), { recursive: true })
    writeFileSync(root, 'a file in the way')
    expect(await errorOf(open())).to.match(/^store-unwritable can't write .*reports: E(EXIST|NOTDIR)/)
  })

  it('can’t start where no folder can be made, and says so at once', async () => {
    for (const place of ['/proc/here/reports', '/proc/here', '/sys/here/a/b', '/dev/null/reports'])
      expect(await errorOf(openRun({ root: place, run: madeRun(['db-1']) }))).to.match(
        /^store-unwritable can't write .*: E(NOENT|PERM|ACCES|NOTDIR|ROFS)/,
      )
  })

  it('is found by id, path, latest and last', async () => {
    const first = await done()
    const second = await done()
    await done(undefined, 'interrupted')
    const folder = join(root, second)
    expect(await findRun(root, first)).to.equal(join(root, first))
    expect(await findRun(root, folder)).to.equal(folder)
    expect(await findRun(join(root, 'elsewhere'), `${folder}/`)).to.equal(`${folder}/`)
    expect(await findRun(root, 'last')).to.equal(folder)
    expect(await findRun(root, 'latest')).to.equal(folder)
  })

  it('is found as last without a link as well', async () => {
    const first = await done()
    await done(undefined, 'interrupted')
    rmSync(join(root, 'latest'))
    expect(await findRun(root, 'last')).to.equal(join(root, first))
    symlinkSync('20200101T000000Z', join(root, 'latest'))
    expect(await findRun(root, 'last')).to.equal(join(root, first))
  })

  it('that is not there is told with the nearest id', async () => {
    await done()
    expect(await errorOf(findRun(root, '20261123T021500Z'))).to.equal(
      `run-not-found there is no run '20261123T021500Z' below ${root} (did you mean '20261123T021400Z'?)`,
    )
    expect(await errorOf(findRun(root, 'nosuch'))).to.equal(
      `run-not-found there is no run 'nosuch' below ${root}`,
    )
    expect(await errorOf(findRun(join(root, 'none'), 'last'))).to.match(
      /^run-not-found no run below .* has finished yet$/,
    )
  })

  it('is listed oldest first, damaged ones with what is wrong', async () => {
    for (let count = 0; count < 10; count++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what gives them their ids
      await done(Date.UTC(2026, 10, 24))
    }
    await done(Date.UTC(2026, 10, 23))
    mkdirSync(join(root, '20261125T000000Z'))
    mkdirSync(join(root, 'no-run'))
    const runs = await listRuns(root)
    expect(runs.map(({ id, state }) => `${id} ${state}`)).to.deep.equal([
      '20261123T000000Z readable',
      '20261124T000000Z readable',
      ...[2, 3, 4, 5, 6, 7, 8, 9, 10].map(count => `20261124T000000Z-${count} readable`),
      '20261125T000000Z damaged',
    ])
    expect(await listRuns(join(root, 'none'))).to.deep.equal([])
  })

  for (const [what, change, message] of [
    [
      'of a newer version',
      { format: 2 },
      'was written by a newer version of sefleet (format 2; this one reads 1)',
    ],
    [
      'without its nodes',
      { nodes: undefined },
      'is not as it should be at nodes: Invalid input: expected array, received undefined',
    ],
    ['of an unknown state', { state: 'asleep' }, 'is not as it should be at state'],
  ] as const) {
    it(`${what} is refused in plain words`, async () => {
      const folder = join(root, await done())
      const path = join(folder, 'run.json')
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }))
      expect(await errorOf(readRun(folder))).to.contain(`run-invalid ${path} ${message}`)
    })
  }

  it('with a record of a newer version is refused in plain words', async () => {
    const run = await open()
    // The writer's own types forbid it; a newer sefleet would do just this.
    await run.append({ ...madeRecord('db-1'), format: 7 as 1 })
    await run.finish('finished')
    expect(await errorOf(gathered((await readRun(run.folder)).records()))).to.match(
      /^run-invalid the record at byte 0 of .* was written by a newer version of sefleet \(format 7; this one reads 1\)$/,
    )
  })

  it('without its records, or without run.json, is refused', async () => {
    const folder = join(root, await done())
    rmSync(join(folder, 'nodes.ndjson.gz'))
    const run = await readRun(folder)
    expect(await errorOf(gathered(run.records()))).to.match(
      /^run-invalid can't read .*nodes\.ndjson\.gz: ENOENT/,
    )
    rmSync(join(folder, 'run.json'))
    expect(existsSync(folder)).to.equal(true)
    expect(await errorOf(readRun(folder))).to.match(/^run-invalid can't read .*run\.json: ENOENT/)
  })
})
