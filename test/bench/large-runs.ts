import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../src/cli/run.ts'
import { startLab } from '../../src/lab/lab.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { openRun } from '../../src/store/open.ts'
import { readRun } from '../../src/store/read.ts'
import { fakeWorld } from '../cli/world.ts'

/*
 * `npm run bench:drift`: two runs of 5,000 nodes, the lab's evening and morning many times over with what differs from node to node
 * (names, process ids, categories), judged, compared and rendered: time, memory, the size of the front page.
 */
const wanted = Number(process.env['BENCH_NODES'] ?? '5000')
const folder = mkdtempSync(join(tmpdir(), 'sefleet-bench-drift-'))
const main = join(import.meta.dirname, '../../src/main.js')

const collected = async (small: string): Promise<void> => {
  const { world } = fakeWorld()
  const lab = await startLab({ folder: join(folder, 'lab'), ports: 'free', phase: 'before' })
  const words = [
    '-i',
    lab.inventory,
    '--private-key',
    lab.privateKey,
    '--known-hosts',
    lab.knownHosts,
    '-o',
    small,
  ]
  await run(['collect', ...words], world)
  lab.update()
  await run(['collect', ...words], world)
  await lab.stop()
}

// A node of its own: what differs from node to node and night to night, and means nothing.
const renamed = (record: NodeRecord, name: string, serial: number): NodeRecord => ({
  ...record,
  node: name,
  frames: record.frames.map(frame =>
    frame.ask === 'processes'
      ? {
          ...frame,
          stdout: frame.stdout.replaceAll(/:c\d+,c\d+/g, `:c${serial % 500},c${500 + (serial % 523)}`),
          sha256: `${frame.sha256.slice(0, 40)}${serial}`,
        }
      : frame,
  ),
})

try {
  const [small, large] = [join(folder, 'small'), join(folder, 'large')]
  await collected(small)
  const ids = readdirSync(small)
    .filter(name => /^\d/.test(name))
    .toSorted()
  for (const id of ids) {
    const source = await readRun(join(small, id))
    const records: NodeRecord[] = []
    for await (const record of source.records()) records.push(record)
    records.sort((a, b) => (a.node < b.node ? -1 : 1))
    const names = Array.from({ length: wanted }, (_, index) => `node-${String(index).padStart(5, '0')}`)
    const written = await openRun({ root: large, run: { ...source.info, nodes: names } })
    for (const [index, name] of names.entries()) {
      const record = records[index % records.length]
      if (record) await written.append(renamed(record, name, index))
    }
    cpSync(join(small, id, 'policies'), join(written.folder, 'policies'), { recursive: true })
    await written.finish('finished')
  }
  if (process.env['BENCH_KEEP']) cpSync(large, process.env['BENCH_KEEP'], { recursive: true })
  const cost = join(folder, 'cost.json')
  const { stderr } = spawnSync(
    '/usr/bin/python3',
    ['test/bench/cost.py', cost, process.execPath, main, 'report', 'last', '-o', large],
    { encoding: 'utf8' },
  )
  const { wall, cpu, megabytes } = JSON.parse(readFileSync(cost, 'utf8')) as {
    wall: number
    cpu: number
    megabytes: number
  } // as cost.py writes it
  process.stdout.write(`${stderr.split('\n').slice(0, 12).join('\n')}\n`)
  process.stdout.write(
    `${wanted} nodes twice, judged, compared, rendered: ${wall.toFixed(1)} s, ${cpu.toFixed(1)} s CPU, ${megabytes.toFixed(0)} MB; front page ${(statSync(join(large, 'latest', 'index.html')).size / 1024).toFixed(0)} KiB\n`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
