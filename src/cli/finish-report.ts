import { copyFileSync, existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { SefleetError } from '../errors.ts'
import { reportRun } from '../pipeline.ts'
import { reportFormats, type ReportFormat } from '../model/report-format.ts'
import { terminal } from '../report/terminal.ts'
import { readLatest } from '../store/latest.ts'
import type { GateOptions } from './gate.ts'
import { wantsColor, type World } from './world.ts'

/** Judges a run, writes its reports and prints the summary; returns the exit code. */
export const finishReport = async (
  folder: string,
  options: Omit<GateOptions, 'baseline'> & {
    readonly root: string
    readonly baselines?: readonly string[] | undefined
    readonly profile?: readonly string[]
    readonly report?: readonly ReportFormat[]
  },
  world: World,
): Promise<number> => {
  const asked = options.report ?? reportFormats
  // The gate's file is of this verdict, whatever formats are asked for.
  const formats = options.junit === undefined ? asked : [...new Set([...asked, 'junit' as const])]
  // The name that stays: where the newest run is.
  const isLatest = (await readLatest(options.root)) === basename(folder)
  const shown = isLatest ? join(options.root, 'latest') : folder
  let summary = ''
  const audit = await reportRun(folder, {
    gate: options.severity,
    allowMissing: options.allowMissing,
    failOn: options.failOn,
    ...(options.waivers === undefined ? {} : { waivers: options.waivers }),
    formats,
    ...(options.baselines === undefined ? {} : { baselines: options.baselines }),
    ...(options.profile === undefined ? {} : { profiles: options.profile }),
    onWritten: judged => {
      summary = terminal(judged, {
        columns: Math.min(100, world.stderr.columns || 80),
        color: wantsColor(world.stderr, world.env),
        ...(formats.includes('html') ? { reportPath: join(shown, 'index.html') } : {}),
        ...(existsSync(join(folder, 'remedies')) ? { remediesPath: join(shown, 'remedies') } : {}),
        ...(formats.includes('junit') ? { junitPath: options.junit ?? join(shown, 'junit.xml') } : {}),
      })
    },
  })
  if (options.junit !== undefined) copyJunit(join(folder, 'junit.xml'), options.junit)
  world.stderr.write(summary)
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
