/** A failure that the operator accepts for now. */
export interface Waiver {
  readonly check: string
  /** Globs over node names and groups. */
  readonly nodes: readonly string[]
  readonly reason: string
  readonly owner: string
  /** Epoch milliseconds; from then on it no longer counts. */
  readonly until: number
  /** Where it stands, for messages: `waivers.yaml:4:5`. */
  readonly place: string
}
