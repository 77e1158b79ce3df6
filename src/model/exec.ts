import type { HostKeyNote } from './host-keys.ts'
import type { Node } from './node.ts'
import type { NodeError } from './record.ts'

/** One command on a node; bytes stay bytes and reach the listeners as they arrive. */
export interface ExecRequest {
  readonly command: string
  readonly stdin: string
  /** Wall-clock limit for the whole command, seconds. */
  readonly timeoutSeconds: number
  /** Return false to stop reading: the channel is closed and the end is `stopped`. */
  readonly onStdout: (chunk: Buffer) => boolean
  readonly onStderr: (chunk: Buffer) => boolean
}

/** How a command ended. Only `exited` came from the node; a null exit code is a failure, never an empty answer. */
export type ExecEnd =
  | { readonly ended: 'exited'; readonly code: number }
  | { readonly ended: 'signalled'; readonly signal: string }
  | { readonly ended: 'stopped' }
  | { readonly ended: 'failed'; readonly error: NodeError }

/** An open, verified, logged-in connection to one node. */
export interface Session {
  exec(request: ExecRequest): Promise<ExecEnd>
  close(): void
}

/** Opens a session or says, in a NodeError, why not; never throws for a node's trouble. */
export type Connect = (node: Node, signal: AbortSignal) => Promise<Connected>

export type Connected = ({ readonly session: Session } | { readonly error: NodeError }) & {
  /** Where the node was looked for, `10.0.0.17:22`, once that is known. */
  readonly address?: string
  /** Host keys that were let in without being known: its own, and of hosts on the way. */
  readonly hostKeys?: readonly HostKeyNote[]
}
