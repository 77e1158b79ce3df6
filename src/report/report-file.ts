import type { Audit } from '../model/audit.ts'

/** A file of the run folder; its content may be made piece by piece. */
export interface ReportFile {
  readonly path: string
  readonly content: string | Iterable<string>
}

/** Result → files; no clock, no flags, no disk but the templates. */
export type Reporter = (audit: Audit) => Iterable<ReportFile>
