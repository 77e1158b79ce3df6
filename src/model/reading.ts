/** Why a question has no usable answer. */
export type UnreadableReason =
  | 'tool-missing' // the node lacks the program that would answer
  | 'not-root' // root is needed and become was not possible
  | 'timeout' // the question was stopped by a time limit
  | 'nonsense' // an answer came that the parser can't accept
  | 'failed' // the program said it failed
  | 'not-reached' // the node, or this part of the script, was never reached
  | 'not-asked' // the run was collected without this question

/** How much of the truth a reading covers; `complete` false may fail a check but never pass it. */
export type Coverage = { readonly complete: true; readonly since?: number } | PartialCoverage
export interface PartialCoverage {
  readonly complete: false
  /** In words, for the report: "cut at 256 KiB", "other users' processes are hidden". */
  readonly why: string
  /** What would make the next reading whole, where somebody can do it; commands stand in backticks. */
  readonly next?: string
  /** Oldest moment covered, epoch seconds, where the reading is a log. */
  readonly since?: number
}

/** The answer to one ask: read, or the reason why not. Never both, never a default. */
export type Reading<Value> =
  | {
      readonly state: 'read'
      readonly value: Value
      /** The program or file that answered. */
      readonly how: string
      /** Absent means complete. */
      readonly coverage?: Coverage
    }
  | { readonly state: 'unreadable'; readonly reason: UnreadableReason; readonly detail: string }

/** A complete reading. */
export const read = <Value>(value: Value, how: string, coverage?: Coverage): Reading<Value> => ({
  state: 'read',
  value,
  how,
  ...(coverage ? { coverage } : {}),
})

/** A question without an answer, and why. */
export const unreadable = <Value>(reason: UnreadableReason, detail: string): Reading<Value> => ({
  state: 'unreadable',
  reason,
  detail,
})

/** Whether all of the truth was seen; only then may a check pass on what is absent. */
export const isComplete = (reading: Reading<unknown>): boolean =>
  reading.state === 'read' && reading.coverage?.complete !== false
