import { keepFor } from './checks/keep.ts'
import { loadKnowledge, loadProfiles } from './checks/load.ts'
import { collect } from './collect/collect.ts'
import { buildScript, type Script } from './collect/script.ts'
import { evaluate, plannedAsks } from './evaluate/evaluate.ts'
import type { AllowMissing } from './evaluate/verdict.ts'
import { loadInventory } from './inventory/load.ts'
import { selectNodes } from './inventory/select.ts'
import type { Audit } from './model/audit.ts'
import type { Knowledge, Profile } from './model/check.ts'
import type { Node } from './model/node.ts'
import type { NodeRecord } from './model/record.ts'
import { runFormat, type RunInfo } from './model/run.ts'
import type { GateLevel } from './model/severity.ts'
import { report, type ReportFormat } from './report/report.ts'
import { openRun } from './store/open-run.ts'
import { readRun } from './store/read-run.ts'
import { writeReports } from './store/write-reports.ts'
import { openTransport, type TransportOptions } from './transport/transport.ts'
import { version } from './version.ts'

/*
 *   inventory ─▶ collect ─▶ snapshot ─▶ evaluate ─▶ report
 *               (SSH)      (on disk)   (pure)      (pure: result → files)
 */

/** Everything that can be wrong before a node is touched is wrong here. */
export const planRun = (request: PlanRequest): Plan => {
  const knowledge = loadKnowledge()
  const profiles = loadProfiles(request.profiles, knowledge)
  const inventory = loadInventory(request.inventories)
  const nodes = selectNodes(inventory, request.limit === undefined ? {} : { limit: request.limit })
  const script = buildScript(plannedAsks(profiles, knowledge), request.nodeSeconds)
  return { knowledge, profiles, nodes, script, warnings: inventory.warnings }
}

/** Asks the nodes and keeps what they say, as they say it: afterwards the snapshot is on disk. */
export const collectRun = async (
  plan: Plan,
  options: CollectRunOptions,
): Promise<{ readonly folder: string }> => {
  const { connect } = openTransport(options.transport)
  const run = openRun({ root: options.root, run: describeRun(plan, options.now()) })
  options.onStart?.(run.id)
  await collect({
    ...plan,
    ...options,
    connect,
    keep: keepFor(plan.profiles, plan.knowledge),
    onRecord: record => {
      run.append(record)
      options.onRecord?.(record)
    },
  })
  run.finish(options.signal.aborted ? 'interrupted' : 'finished', options.now())
  return { folder: run.folder }
}

/** Judges a snapshot anew and writes its reports beside it. */
export const reportRun = async (folder: string, options: ReportRunOptions): Promise<Audit> => {
  const snapshot = readRun(folder)
  const knowledge = loadKnowledge()
  const profiles = loadProfiles(options.profiles ?? snapshot.info.profiles.map(({ name }) => name), knowledge)
  const audit = await evaluate(snapshot.records(), { ...options, run: snapshot.info, profiles, knowledge })
  await writeReports(folder, report(audit, options.formats))
  return audit
}
