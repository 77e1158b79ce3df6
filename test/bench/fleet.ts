import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultProfiles } from '../../src/checks/default-profiles.ts'
import { loadKnowledge, loadProfiles } from '../../src/checks/load.ts'
import { commandLine } from '../../src/collect/command-line.ts'
import { buildScript, scriptFor } from '../../src/collect/script.ts'
import { plannedAsks } from '../../src/evaluate/evaluate.ts'
import { prelude } from '../../src/probes/fragment.ts'
import { planOf } from '../../src/probes/index.ts'
import { startFleet } from '../integration/sshd-fleet.ts'
import { clients, type Client, type Job } from './clients.ts'
import { spend, type Spent } from './spend.ts'

/*
 * `npm run bench`: the client's CPU per node beside its peers', in the same minutes on the same nodes (Debian's sshd
 * on the loopback range, each node with its own made-up root). The cost of one node more is
 * (CPU at MANY − CPU at FEW) / (MANY − FEW), so that start-up falls out. BENCH_NODES=100,400 gives the sizes,
 * BENCH_CLIENTS=sefleet,ansible only those whose names start so.
 */
const [few = 100, many = 400] = (process.env['BENCH_NODES'] ?? '100,400').split(',').map(Number)
const only = (process.env['BENCH_CLIENTS'] ?? '').split(',')
const forks = 50
const folder = mkdtempSync(join(tmpdir(), 'sefleet-bench-'))
const fleet = await startFleet(folder, many, false)

const knowledge = loadKnowledge()
const asks = plannedAsks(loadProfiles(defaultProfiles, knowledge), knowledge)
const job = (count: number): Job => ({
  folder,
  fleet,
  count,
  forks,
  script: scriptFor(buildScript(asks), '0123456789abcdef0123456789abcdef'),
  command: commandLine(undefined),
  fragments: asks.map(ask => `${prelude}${planOf(ask).fragment}`),
})

interface Row {
  readonly name: string
  readonly small: Spent
  readonly large: Spent
  /** Milliseconds of CPU for one node more. */
  readonly marginal: number
}

const measure = async ({ name, program, environment, good, words }: Client): Promise<Row | undefined> => {
  if (program !== undefined && spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return undefined
  const small = await spend(folder, words(job(few)), environment, good)
  const large = await spend(folder, words(job(many)), environment, good)
  if (!small || !large) return undefined
  return { name, small, large, marginal: (1000 * (large.cpu - small.cpu)) / (many - few) }
}

const print = (line: string): boolean => process.stdout.write(`${line}\n`)
const columns = (name: string, ...rest: readonly string[]): string =>
  `${name.padEnd(44)}${rest.map(text => text.padStart(17)).join('')}`
const shown = ({ cpu, wall }: Spent): string => `${cpu.toFixed(1)} s in ${wall.toFixed(0)} s`

try {
  const main = join(import.meta.dirname, '../../src/main.js')
  const rows: Row[] = []
  print(`${asks.length} questions a node, ${forks} nodes at once, ${cpus().length} cores; CPU of the client`)
  print(columns('', `${few} nodes`, `${many} nodes`, 'a node more', 'beside sefleet'))
  for (const client of clients.filter(({ name }) => only.some(start => name.startsWith(start)))) {
    const row = await measure(client)
    if (!row) {
      print(columns(client.name, 'not measured: not installed, or it did not end'))
      continue
    }
    rows.push(row)
    const ratio = row.marginal / (rows[0]?.marginal ?? NaN)
    print(
      columns(
        row.name,
        shown(row.small),
        shown(row.large),
        `${row.marginal.toFixed(1)} ms`,
        ratio.toFixed(2),
      ),
    )
  }
  const startUp = await spend(folder, [process.execPath, main, '--version'])
  const run = readdirSync(join(folder, 'reports')).findLast(name => /^\d{8}T/.test(name)) ?? ''
  const again = await spend(
    folder,
    [process.execPath, main, 'report', run, '-o', join(folder, 'reports')],
    {},
    [0, 1],
  )
  print(`start-up of sefleet: ${startUp?.cpu.toFixed(2) ?? '?'} s of CPU`)
  print(
    `judging and rendering ${many} nodes anew: ${again?.cpu.toFixed(2) ?? '?'} s of CPU, start-up included`,
  )
} finally {
  await fleet.stop()
  rmSync(folder, { recursive: true, force: true })
}
