import type { Command } from 'commander'
import { addGate, type GateOptions } from '../gate.ts'
import { addSelection, type SelectionOptions } from '../selection.ts'
import type { Done, World } from '../world.ts'

/** `sefleet audit`: collect, evaluate, report. */
export const addAudit = (program: Command, world: World, done: Done): void => {
  addGate(
    addSelection(program.command('audit').description('Ask the nodes, judge them and write the reports')),
  )
    .addHelpText('after', '\nReports: ROOT/latest/index.html, junit.xml, summary.md, audit.json')
    .action(async (options: SelectionOptions & GateOptions) => {
      const { gather } = await import('../gather.ts')
      const { finishReport } = await import('../finish-report.ts')
      const { findBaselines } = await import('../../store/find.ts')
      const { writableFile } = await import('../writable-file.ts')
      // A run that was named and is not there, and a file that cannot be written, are said before a node is touched.
      const named = await findBaselines(options.output, options.baseline)
      if (options.junit !== undefined) await writableFile(options.junit)
      const gathered = await gather(options, world)
      if (gathered === undefined) return done(0)
      const baselines =
        options.baseline === 'last' ? await findBaselines(options.output, 'last', gathered.folder) : named
      const exit = await finishReport(gathered.folder, { ...options, baselines, root: options.output }, world)
      return done(gathered.interrupted ? 130 : exit)
    })
}
