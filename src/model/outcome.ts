import type { Severity } from './severity.ts'

export const statuses = ['fail', 'unknown', 'pass', 'not-applicable'] as const
/** What a check came to on one node. Unknown is never green. */
export type Status = (typeof statuses)[number]

/** One thing found wrong. */
export interface Finding {
  /** Stable from run to run: without pid, categories, counts or times. */
  readonly key: string
  readonly message: string
  /** Lines the node said, hostile text, at most a handful, each bounded. */
  readonly evidence: readonly string[]
  /** What to do about this very thing, where more can be said than the check says in general; commands stand in backticks. */
  readonly remedy?: string
  /** The units of systemd that start the program that was found. */
  readonly units?: readonly string[]
  /** The package that is not there, or whose installation did not take effect: what brings it depends on the system. */
  readonly wants?: { readonly package: string; readonly state: 'installed' | 'in-effect' }
}

/** The result of one check on one node. */
export interface Outcome {
  /** Check id. */
  readonly check: string
  readonly status: Status
  /** The severity that counts here; may be lower or higher than the check's own, and then `lowered` or `raised` says why. */
  readonly severity: Severity
  readonly lowered?: string
  readonly raised?: string
  /** Present exactly when failing. */
  readonly findings?: readonly Finding[]
  /** Why it is unknown or not applicable; for a pass, what was seen. */
  readonly reason?: string
  /** What to do so that an unknown can be judged, where it is known; commands stand in backticks. */
  readonly next?: string
  /** The check whose failure explains this one. */
  readonly consequenceOf?: string
  /** A failure that the operator accepts for now; `until` in epoch milliseconds. */
  readonly waived?: { readonly reason: string; readonly owner: string; readonly until: number }
  /** A failure that is not new, where only new ones count: the earlier run had it too, or it did not ask what this check asks. */
  readonly known?: 'failed-before' | 'not-asked-before'
  /** It is unknown because its run never asked for what it reads. */
  readonly unasked?: true
}

/** What a kind's judge returns; evaluate adds the check's id and severity. */
export type Judgement =
  | { readonly status: 'pass'; readonly reason: string }
  | { readonly status: 'fail'; readonly findings: readonly Finding[] }
  | { readonly status: 'unknown'; readonly reason: string; readonly next?: string }
  | { readonly status: 'not-applicable'; readonly reason: string }
