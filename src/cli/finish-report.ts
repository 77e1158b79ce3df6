import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { SefleetError } from '../errors.ts'
import { reportRun } from '../pipeline.ts'
import { reportFormats, type ReportFormat } from '../model/report-format.ts'
import { terminal } from '../report/terminal.ts'
import type { GateOptions } from './gate.ts'
import { wantsColor, type World } from './world.ts'

/** Judges a run, writes its reports and prints the summary; returns the exit code. */
export const finishReport = async (
  folder: string,
  options: Omit<GateOptions, 'baseline'> & {
    readonly root: string
    readonly baselines: readonly string[]
    readonly profile?: readonly string[]
    readonly report?: readonly ReportFormat[]
  },
  world: World,
): Promise<number> => {
  const formats = options.report ?? reportFormats
  const audit = await reportRun(folder, {
    gate: options.severity,
    allowMissing: options.allowMissing,
    failOn: options.failOn,
    ...(options.waivers === undefined ? {} : { waivers: options.waivers }),
    formats,
    baselines: options.baselines,
    ...(options.profile === undefined ? {} : { profiles: options.profile }),
  })
  if (options.junit !== undefined) copyJunit(join(folder, 'junit.xml'), options.junit)
  world.stderr.write(
    terminal(audit, {
      columns: Math.min(100, world.stderr.columns ?? 80),
      color: wantsColor(world.stderr, world.env),
      ...(formats.includes('html') ? { reportPath: join(folder, 'index.html') } : {}),
      ...(existsSync(join(folder, 'remedies')) ? { remediesPath: join(folder, 'remedies') } : {}),
      ...(formats.includes('junit') ? { junitPath: options.junit ?? join(folder, 'junit.xml') } : {}),
    }),
  )
  return audit.verdict.exit
}

const copyJunit = (from: string, to: string): void => {
  try {
    copyFileSync(from, to)
  } catch (cause) {
    throw new SefleetError(
      'store-unwritable',
      `cannot write the JUnit file ${to}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}
