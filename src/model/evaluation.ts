import type { Audit } from './audit.ts'
import type { PolicyAsk } from './ask.ts'
import type { FactName, Facets } from './facet.ts'

/** One snapshot, judged, and what its nodes are like. */
export interface Evaluation {
  readonly audit: Audit
  /** By node; those that answered. */
  readonly facets: ReadonlyMap<string, Facets>
  /** By check: what it asks of the policy. */
  readonly policyAsks: ReadonlyMap<string, readonly PolicyAsk[]>
  /** By check: the types that it names. */
  readonly policyTypes: ReadonlyMap<string, ReadonlySet<string>>
  /** By check: the facts that it judges. */
  readonly judgedFacts: ReadonlyMap<string, readonly FactName[]>
}
