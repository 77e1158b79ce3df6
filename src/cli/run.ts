import { Command, CommanderError } from 'commander'
import { SefleetError } from '../errors.ts'
import { version } from '../version.ts'
import { ansibleWords } from './ansible-words.ts'
import { addAudit } from './commands/audit.ts'
import { addCollect } from './commands/collect.ts'
import { addCompare } from './commands/compare.ts'
import { addInventoryCommand } from './commands/inventory.ts'
import { addLab } from './commands/lab.ts'
import { addPolicy } from './commands/policy.ts'
import { addProfile } from './commands/profile.ts'
import { addReport } from './commands/report.ts'
import { addRuns } from './commands/runs.ts'
import { sesearchWords } from './policy/search.ts'
import { printError } from './print-error.ts'
import type { Done, World } from './world.ts'

/** Runs one command line; returns its exit code. A bug throws. */
export const run = async (argv: readonly string[], world: World): Promise<number> => {
  let exitCode = 0
  const done: Done = code => {
    exitCode = code
  }
  const program = new Command('sefleet')
    .description('Audits a fleet of Linux nodes over SSH, read-only: SELinux, and what runs under it.')
    .version(version, '-V, --version')
    .showSuggestionAfterError()
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: text => world.stdout.write(text),
      writeErr: text => world.stderr.write(text),
      getOutHelpWidth: () => Math.min(100, world.stdout.columns || 80),
      getErrHelpWidth: () => Math.min(100, world.stderr.columns || 80),
    })
    .addHelpText('after', exitCodes)
  for (const add of [
    addAudit,
    addCollect,
    addReport,
    addCompare,
    addRuns,
    addInventoryCommand,
    addProfile,
    addPolicy,
  ])
    add(program, world, done)
  addLab(program, world, done, run)
  try {
    await program.parseAsync(sesearchWords(ansibleWords(argv)), { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof SefleetError) return printError(world.stderr, error)
    throw error
  }
  return exitCode
}

const exitCodes = `
Exit codes:
  0    nothing to gate on
  1    a check at or above --severity fails
  2    could not start: usage, inventory, profile, or a run that is not there
  3    nothing fails there, but something could not be judged or is missing
  70   a bug
  130  interrupted; what was collected is kept

Examples:
  sefleet audit -i inventory.yaml -b                  judge the whole fleet
  sefleet audit -i node1,node2, -u root --list-hosts  who would be asked
  sefleet audit -i localhost, -c local -b             judge this machine, no SSH
  sefleet report last --severity medium               judge the same answers
`
