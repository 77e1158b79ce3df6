import { expect } from 'chai'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  copyFileSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { SefleetError } from '../../src/errors.ts'
import { listRuns } from '../../src/store/find.ts'
import { openRun } from '../../src/store/open.ts'
import { readRun } from '../../src/store/read.ts'
import { readRecords } from '../../src/store/record-reader.ts'
import { needs } from '../tools.ts'
import { gathered, madeRecord, madeRun } from './made.ts'

const child = join(import.meta.dirname, 'child.js')

const namesIn = async (path: string): Promise<readonly string[]> =>
  (await gathered(readRecords(path))).map(({ node }) => node)

describe('a run that was not brought to its end', function () {
  this.timeout(600_000)
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sefleet-crash-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const smallRun = async (): Promise<{ path: string; ends: readonly number[] }> => {
    const run = await openRun({ root, run: madeRun(['db-1', 'db-2', 'db-3']) })
    const path = join(run.folder, 'nodes.ndjson.gz')
    const ends: number[] = []
    for (const name of ['db-1', 'db-2', 'db-3']) {
      // oxlint-disable-next-line no-await-in-loop -- the size after each one is what is wanted
      await run.append(madeRecord(name, 64))
      ends.push(statSync(path).size)
    }
    await run.finish('finished')
    return { path, ends }
  }

  it('is readable when cut at any byte, and lacks only the record that was cut', async () => {
    const { path, ends } = await smallRun()
    const cut = `${path}.cut`
    for (let length = 0; length <= (ends[2] ?? 0); length++) {
      copyFileSync(path, cut)
      truncateSync(cut, length)
      // oxlint-disable-next-line no-await-in-loop -- one file, cut ever longer
      const names = await namesIn(cut)
      expect(names, `cut at byte ${length}`).to.deep.equal(
        ['db-1', 'db-2', 'db-3'].filter((_, at) => (ends[at] ?? 0) <= length),
      )
    }
  })

  it('is readable when its end is zeros after a loss of power', async () => {
    const { path, ends } = await smallRun()
    const whole = readFileSync(path)
    for (const from of [ends[1], (ends[1] ?? 0) + 5, (ends[1] ?? 0) + 100, (ends[0] ?? 0) + 40]) {
      writeFileSync(path, Buffer.from(whole).fill(0, from))
      // oxlint-disable-next-line no-await-in-loop -- one file, changed step by step
      expect(await namesIn(path)).to.deep.equal(from && from >= (ends[1] ?? 0) ? ['db-1', 'db-2'] : ['db-1'])
    }
  })

  it('is refused, not half read, when it is damaged elsewhere', async () => {
    const { path, ends } = await smallRun()
    const whole = readFileSync(path)
    const problems = new Set<string>()
    for (let at = ends[0] ?? 0; at < (ends[1] ?? 0); at++) {
      const bytes = Buffer.from(whole)
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at)
      writeFileSync(path, bytes)
      try {
        // oxlint-disable-next-line no-await-in-loop -- one file, damaged at one byte after the other
        const names = await namesIn(path)
        // Bytes that say nothing (the time, the system that packed it) may change without harm.
        expect(names, `damaged at byte ${at}`).to.deep.equal(['db-1', 'db-2', 'db-3'])
        expect(at - (ends[0] ?? 0), 'a byte without meaning').to.be.within(4, 9)
      } catch (error) {
        if (!(error instanceof SefleetError)) throw error
        problems.add(`${error.code} ${error.message}`)
      }
    }
    // A size that reaches into the next record gives two lines where one was due.
    const place = `byte ${ends[0]}`
    expect([...problems].map(problem => problem.replaceAll(path, 'FILE')).toSorted()).to.deep.equal([
      `run-invalid FILE is damaged at ${place}`,
      `run-invalid the record at ${place} of FILE is not JSON`,
    ])
  })

  it('keeps every record that was reported as written when its process is killed at any moment', async () => {
    const moments = [0, 1, 2, 5, 17, 40, 77, 123, 150, 199]
    for (const [round, moment] of moments.entries()) {
      const rooted = join(root, String(round))
      const writer = spawn(process.execPath, [child, 'write', rooted, '200', '60000', 'random'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const exited = once(writer, 'exit')
      const reported: string[] = []
      // oxlint-disable-next-line no-await-in-loop -- two cores: one writer after the other
      for await (const line of createInterface({ input: writer.stdout })) {
        if (line.startsWith('done ')) reported.push(line.slice(5))
        if (reported.length >= moment) writer.kill('SIGKILL')
      }
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await exited
      // oxlint-disable-next-line no-await-in-loop -- likewise
      const [entry] = await listRuns(rooted)
      if (entry?.state !== 'readable') throw new Error(`no readable run after ${reported.length} records`)
      expect(entry.info.state).to.equal('interrupted')
      // oxlint-disable-next-line no-await-in-loop -- likewise
      const names = await namesIn(join(entry.folder, 'nodes.ndjson.gz'))
      expect(names, `killed after ${reported.length}`).to.include.members(reported)
      expect(new Set(names).size).to.equal(names.length)
    }
  })

  it('keeps what was written when there is no more room, and takes what still fits', async function () {
    needs(this, 'dash') // its ulimit counts blocks of 512 bytes, bash's of 1024
    // 64 KiB a file. Node ignores SIGXFSZ, so writing fails as on a full disk, after a part.
    const command = `ulimit -f 128; exec "${process.execPath}" "${child}" write "${root}" 60 36000 mixed interrupted`
    const lines = execFileSync('dash', ['-c', command], { encoding: 'utf8' }).trim().split('\n')
    const done = lines.filter(line => line.startsWith('done ')).map(line => line.slice(5))
    const failed = lines.filter(line => line.startsWith('failed '))
    expect(done, 'two big ones fit, and the six small ones').to.have.length(8)
    expect(failed).to.have.length(60 - done.length)
    const fates = lines.map(line => line.slice(0, 4))
    expect(fates.lastIndexOf('done'), 'a small one after the first that failed').to.be.greaterThan(
      fates.indexOf('fail'),
    )
    expect(
      failed.every(line => line.endsWith(' store-unwritable')),
      failed.join(),
    ).to.equal(true)
    const run = await readRun(lines[0] ?? '')
    expect(run.info.state).to.equal('interrupted')
    const names = (await gathered(run.records())).map(({ node }) => node)
    expect(names.toSorted()).to.deep.equal(done.toSorted())
  })

  it('has a folder of its own beside others that start in the same second', async () => {
    const outputs = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const writer = spawn(process.execPath, [child, 'write', root, '20', '500', 'plain', 'finished'])
        const lines: string[] = []
        for await (const line of createInterface({ input: writer.stdout })) lines.push(line)
        return lines
      }),
    )
    const folders = outputs.map(([folder = '']) => folder)
    expect(new Set(folders).size).to.equal(6)
    for (const folder of folders) {
      // oxlint-disable-next-line no-await-in-loop -- few and small
      const run = await readRun(folder)
      expect(run.info.state).to.equal('finished')
      // oxlint-disable-next-line no-await-in-loop -- likewise
      expect(await gathered(run.records())).to.have.length(20)
    }
    const runs = await listRuns(root)
    expect(runs.map(({ id }) => id)).to.have.length(6)
  })

  it('is read one record at a time, 10,000 of them in little memory', () => {
    const written = execFileSync(
      process.execPath,
      [child, 'write', root, '10000', '12000', 'plain', 'finished'],
      {
        encoding: 'utf8',
        maxBuffer: 16 * 1024 * 1024,
      },
    )
    // 120 MB of text, in a heap of 40.
    const [folder = ''] = written.split('\n')
    const read = execFileSync(process.execPath, ['--max-old-space-size=40', child, 'read', folder], {
      encoding: 'utf8',
    })
    const { records, megabytes } = JSON.parse(read)
    expect(records).to.equal(10_000)
    expect(megabytes).to.be.lessThan(200)
  })
})
