import type { Command } from 'commander'
import { repeated } from '../values.ts'
import type { Done, World } from '../world.ts'

interface CompareOptions {
  readonly output: string
  readonly profile?: readonly string[]
  readonly json?: true
}

/** `sefleet compare BEFORE AFTER`: what is otherwise, and what may be why; both judged anew, nothing written. */
export const addCompare = (program: Command, world: World, done: Done): void => {
  program
    .command('compare')
    .description(
      'Say what changed from one run to another, and what may be why; touches no node, writes nothing',
    )
    .argument('<before>', 'id, folder, or last')
    .argument('<after>', 'id, folder, or last')
    .option(
      '-p, --profile <name>',
      'judge both by this profile instead of the later run’s own (repeatable)',
      repeated,
    )
    .option('-o, --output <root>', 'folder that holds the runs', 'reports')
    .option('--json', 'as JSON')
    .action(async (before: string, after: string, options: CompareOptions) => {
      const { findRun } = await import('../../store/find.ts')
      const { judgeRun } = await import('../../pipeline.ts')
      const { comparisonLines } = await import('../../report/comparison.ts')
      const { forTerminalLine } = await import('../../model/printable.ts')
      const [baseline, folder] = [await findRun(options.output, before), await findRun(options.output, after)]
      const audit = await judgeRun(folder, {
        gate: 'high',
        allowMissing: { nodes: 0 },
        failOn: 'any',
        baselines: [baseline],
        ...(options.profile === undefined ? {} : { profiles: options.profile }),
      })
      if (options.json) world.stdout.write(`${JSON.stringify(audit.baseline, undefined, 2)}\n`)
      else for (const line of comparisonLines(audit)) world.stdout.write(`${forTerminalLine(line)}\n`)
      done(0)
    })
}
