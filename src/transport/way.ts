import type { Connected } from '../model/exec.ts'
import type { SshConnection } from '../model/node.ts'
import type { Reach } from './reach.ts'
import type { Trouble } from './trouble.ts'

/** One node to be reached. */
export interface NodeRequest {
  readonly node: string
  readonly connection: SshConnection
  readonly reach: Reach
  /** What ssh was asked with about it. */
  readonly words: readonly string[]
  /** Those that the hosts on the way are looked up with. */
  readonly hopWords: readonly string[]
}

/** A client that reaches nodes. */
export interface Way {
  readonly open: (
    request: NodeRequest,
    signal: AbortSignal,
  ) => Promise<Connected & { readonly trouble?: Trouble }>
  readonly close: () => void
}
