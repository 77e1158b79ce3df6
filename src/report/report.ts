import type { Audit } from '../model/audit.ts'
import type { ReportFormat } from '../model/report-format.ts'
import { html } from './html.ts'
import { json } from './json.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import { remedies } from './remedies.ts'
import type { ReportFile } from './report-file.ts'

const reporters = { html, junit, json, markdown, remedies } as const satisfies Record<ReportFormat, unknown>

/** What tells that a folder holds reports of a format. */
export const mainFiles: Readonly<Record<ReportFormat, string>> = {
  html: 'index.html',
  junit: 'junit.xml',
  json: 'audit.json',
  markdown: 'summary.md',
  remedies: 'remedies',
}

/** The files of the chosen formats, one after the other. */
export function* report(
  audit: Audit,
  { formats }: { readonly formats: readonly ReportFormat[] },
): Iterable<ReportFile> {
  for (const format of formats) yield* reporters[format](audit)
}
