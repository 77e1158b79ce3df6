import type { PolicyItem } from '../../model/policy-item.ts'

/** What a policy update changed, by cause, in names. */
export interface PolicyDifference {
  /** The domains that were looked at and for which something differs. */
  readonly domains: readonly string[]
  /** How many other types have differences that were not looked at. */
  readonly others: number
  /** The most harmful first. */
  readonly items: readonly PolicyItem[]
}

/** A transition that was lost, gained or leads elsewhere now; one by one, as sediff lists them. */
export interface NamedTransition {
  readonly change: 'lost' | 'gained' | 'changed'
  readonly source: string
  readonly target: string
  readonly class: string
  readonly name?: string
  readonly condition?: string
  readonly before?: string
  readonly after?: string
}
