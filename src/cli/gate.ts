import { Option, type Command } from 'commander'
import type { AllowMissing } from '../evaluate/verdict.ts'
import { gateLevels, type GateLevel } from '../model/severity.ts'
import { allowMissing, gateLevel } from './values.ts'

/** What decides the exit code; the same for audit and report. */
export interface GateOptions {
  readonly severity: GateLevel
  readonly allowMissing: AllowMissing
  readonly baseline: string
  readonly failOn: 'any' | 'new'
  readonly waivers?: string
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
    .addOption(
      new Option('--fail-on <which>', 'which failures gate: any, or only those the earlier run did not have')
        .choices(['any', 'new'])
        .default('any'),
    )
    .option(
      '--waivers <file>',
      'failures accepted for now: check, nodes, reason, owner, until (report: the run’s own, or none)',
    )
    .optionsGroup('Comparing:')
    .option('--baseline <run>', 'say what changed since this run: id, folder, last, or none', 'last')
    .optionsGroup('Output:')
    .option('--junit <file>', 'write the JUnit file here as well')
