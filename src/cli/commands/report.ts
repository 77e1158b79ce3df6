import { Option, type Command } from 'commander'
import { reportFormats, type ReportFormat } from '../../model/report-format.ts'
import { choices, repeated } from '../values.ts'
import type { Done, World } from '../world.ts'
import { addGate, type GateOptions } from '../gate.ts'

interface ReportOptions extends GateOptions {
  readonly output: string
  readonly profile?: readonly string[]
  readonly report: readonly ReportFormat[]
}

/** `sefleet report RUN`: judges the answers of a run again, by today's profiles, and writes its reports anew. */
export const addReport = (program: Command, world: World, done: Done): void => {
  addGate(
    program
      .command('report')
      .description('Judge a collected run again and write its reports; touches no node')
      .argument('<run>', 'id, folder, or last')
      .option('-p, --profile <name>', 'judge by this profile instead of the run’s own (repeatable)', repeated)
      .addOption(
        new Option('-r, --report <formats>', `which, separated by commas: ${reportFormats.join(', ')}`)
          .default(reportFormats, 'all')
          .argParser(choices(reportFormats)),
      )
      .option('-o, --output <root>', 'folder that holds the runs', 'reports'),
  ).action(async (name: string, options: ReportOptions) => {
    const { findBaselines, findRun } = await import('../../store/find.ts')
    const { finishReport } = await import('../finish-report.ts')
    const { writableFile } = await import('../writable-file.ts')
    if (options.junit !== undefined) await writableFile(options.junit)
    const folder = await findRun(options.output, name)
    const baselines = await findBaselines(options.output, options.baseline, folder)
    return done(await finishReport(folder, { ...options, baselines, root: options.output }, world))
  })
}
