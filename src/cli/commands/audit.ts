import { Option, type Command } from 'commander'
import type { AllowMissing } from '../../evaluate/verdict.ts'
import { gateLevels, type GateLevel } from '../../model/severity.ts'
import { finishReport } from '../finish-report.ts'
import { gather } from '../gather.ts'
import { addSelection, type SelectionOptions } from '../selection.ts'
import { allowMissing, gateLevel } from '../values.ts'
import type { Done, World } from '../world.ts'

/** What decides the exit code; the same for audit and report. */
export interface GateOptions {
  readonly severity: GateLevel
  readonly allowMissing: AllowMissing
  readonly junit?: string
}

export const addGate = (command: Command): Command =>
  command
    .optionsGroup('Gate:')
    .addOption(
      new Option('--severity <level>', `failing checks at or above it gate: ${gateLevels.join(', ')}`)
        .default('high')
        .argParser(gateLevel),
    )
    .addOption(
      new Option('--allow-missing <n|p%>', 'missing nodes that do not gate')
        .default({ nodes: 0 }, '0')
        .argParser(allowMissing),
    )
    .optionsGroup('Output:')
    .option('--junit <file>', 'write the JUnit file here as well')

/** `sefleet audit`: collect, evaluate, report. */
export const addAudit = (program: Command, world: World, done: Done): void => {
  addGate(
    addSelection(program.command('audit').description('Ask the nodes, judge them and write the reports')),
  )
    .addHelpText('after', '\nReports: ROOT/latest/index.html, junit.xml, summary.md, audit.json')
    .action(async (options: SelectionOptions & GateOptions) => {
      const gathered = await gather(options, world)
      if (gathered === undefined) return done(0)
      const exit = await finishReport(gathered.folder, { ...options, root: options.output }, world)
      return done(gathered.interrupted ? 130 : exit)
    })
}
