/** Where a run keeps the policies of its nodes, each once, by the sha256 of its bytes. */
export interface PolicyKeep {
  /** The policy, if this run or an earlier one has it; its sha256 was verified again. */
  readonly find: FindPolicy
  /** Keeps a policy whose sha256 was verified; throws `store-unwritable`. */
  readonly keep: (sha256: string, gzipped: Buffer) => Promise<void>
}

/** Gives the bytes of a policy; undefined where there is none, or none that is whole. */
export type FindPolicy = (sha256: string) => Promise<Buffer | undefined>
