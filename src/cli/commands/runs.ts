import type { Command } from 'commander'
import type { RunEntry } from '../../store/find.ts'
import { wholeNumber } from '../values.ts'
import type { Done, World } from '../world.ts'
import { forTerminal } from '../../model/printable.ts'

/** `sefleet runs list|show|prune`: what lies in the reports folder. */
export const addRuns = (program: Command, world: World, done: Done): void => {
  const runs = program.command('runs').description('List, show and prune collected runs')
  runs
    .command('list')
    .description('One line per run, the newest last')
    .option('-o, --output <root>', 'folder that holds the runs', 'reports')
    .option('--json', 'as JSON')
    .action(async (options: { readonly output: string; readonly json?: true }) => {
      const { listRuns } = await import('../../store/find.ts')
      const found = await listRuns(options.output)
      if (options.json) world.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`)
      else for (const entry of found) world.stdout.write(`${lineOf(entry)}\n`)
      done(0)
    })
  runs
    .command('prune')
    .description('Remove old runs; the newest finished ones stay, and what is still being written')
    .requiredOption('--keep <n>', 'how many finished runs to keep', wholeNumber)
    .option('-o, --output <root>', 'folder that holds the runs', 'reports')
    .option('-n, --dry-run', 'only say which')
    .action(async (options: { readonly output: string; readonly keep: number; readonly dryRun?: true }) => {
      const { removeRun, runsToPrune } = await import('../../store/prune.ts')
      for (const entry of await runsToPrune(options.output, options.keep)) {
        if (!options.dryRun) await removeRun(entry)
        world.stdout.write(`${entry.id}\n`)
      }
      done(0)
    })
  runs
    .command('show')
    .description('What one run holds: its nodes and how each ended')
    .argument('<run>', 'id, folder, or last')
    .option('-o, --output <root>', 'folder that holds the runs', 'reports')
    .option('--json', 'the records as they were collected, one JSON object a line')
    .action(async (name: string, options: { readonly output: string; readonly json?: true }) => {
      const { findRun } = await import('../../store/find.ts')
      const { readRun } = await import('../../store/read.ts')
      const { info, records } = await readRun(await findRun(options.output, name))
      if (!options.json)
        world.stdout.write(`${info.id}  ${info.state}  ${info.nodes.length} nodes  sefleet ${info.tool}\n`)
      for await (const record of records())
        world.stdout.write(
          options.json
            ? `${JSON.stringify(record)}\n`
            : `${record.status.padEnd(9)} ${forTerminal(record.node)}  ${record.frames.length} answers${record.error ? `  ${record.error.code}: ${forTerminal(record.error.sentence)}` : ''}\n`,
        )
      done(0)
    })
}

const lineOf = (entry: RunEntry): string => {
  if (entry.state === 'damaged') return `${entry.id}  damaged      ${forTerminal(entry.problem)}`
  const { state, nodes, profiles } = entry.info
  return `${entry.id}  ${state.padEnd(11)}  ${nodes.length} nodes  ${profiles.map(({ name }) => name).join(', ')}`
}
