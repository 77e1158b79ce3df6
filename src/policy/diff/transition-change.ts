import type { NamedTransition } from './shapes.ts'

/** A new object’s type, or a new process’s domain, that is no longer (or newly, or otherwise) decided by a rule. Ids. */
export interface TransitionChange {
  readonly change: NamedTransition['change']
  readonly source: number
  readonly target: number
  readonly class: number
  /** Of the new file, where the rule asks for it. */
  readonly name?: string
  readonly condition?: number
  readonly before?: number
  readonly after?: number
}
