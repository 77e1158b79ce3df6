#!/usr/bin/env node
import { run } from './cli/run.ts'
import { printError } from './cli/print-error.ts'
import { processWorld } from './cli/process-world.ts'

// The executable: argv in, exit code out; nothing else ends the process.
const world = processWorld()
try {
  process.exitCode = await run(process.argv.slice(2), world)
} catch (error) {
  process.exitCode = printError(world.stderr, error)
}
