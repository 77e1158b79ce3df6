/** Where a run keeps the policies of its nodes, each once, by the sha256 of its bytes. */
export interface PolicyKeep {
  /** Whether it is there already, from this run or an earlier one. */
  readonly has: (sha256: string) => Promise<boolean>
  /** Keeps a policy whose sha256 was verified; throws `store-unwritable`. */
  readonly keep: (sha256: string, gzipped: Buffer) => Promise<void>
}
