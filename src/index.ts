/**
 * The library: the stages' order (plan, collect, report) and the shapes that cross their borders.
 * The command line is built on exactly this.
 */
export { collectRun, planRun, reportRun } from './pipeline.ts'
export type { CollectRunOptions, Plan, PlanRequest, ReportRunOptions } from './pipeline.ts'
export { hints, SefleetError, type ErrorCode } from './errors.ts'
export type {
  Audit,
  AuditPolicy,
  Baseline,
  CheckInfo,
  Cohort,
  NodeAudit,
  NodeFacts,
  Verdict,
} from './model/audit.ts'
export type { Finding, Outcome, Status } from './model/outcome.ts'
export type { Frame, NodeError, NodeRecord } from './model/record.ts'
export type { RunInfo } from './model/run.ts'
export type { GateLevel, Severity } from './model/severity.ts'
export { version } from './version.ts'
