import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Skips the running test (or the suite, from `before`) unless every one of these programs is installed; with `CI=true` a
 * missing one fails instead. Call it first: `needs(this, 'ssh-keygen')` in a `function ()`.
 */
export const needs = (context: Mocha.Context, ...programs: readonly string[]): void => {
  const missing = programs.filter(program => !isInstalled(program))
  if (missing.length === 0) return
  const sentence = `not installed: ${missing.join(', ')}`
  if (process.env.CI === 'true') throw new Error(`${sentence} (with CI=true every tool must be there)`)
  process.stderr.write(`      skipping, ${sentence}\n`)
  context.skip()
}

export const isInstalled = (program: string): boolean =>
  // sbin too: sshd and friends live there, and cron's PATH lacks it.
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
