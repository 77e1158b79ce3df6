import type { NodeSSH } from 'node-ssh'
import type { Client } from 'ssh2'
import { isPassing } from './ssh-errors.ts'
import type { Wire } from './wire.ts'

/** Why a connection ended; whoever is waiting on it hears this once. */
export type Loss =
  { readonly by: 'error'; readonly error: unknown } | { readonly by: 'node' | 'interruption' | 'us' }

/** A connection with one permanent set of listeners from its first byte to its last, and one end. */
export interface Link {
  readonly client: Client
  /** Calls back once, at once when it is lost already; returns how to stop listening. */
  onLoss(hear: (loss: Loss) => void): () => void
  /** Ends it hard: nothing more is read or written. */
  destroy(): void
  /** Ends it politely, and hard when the node does not let go. Never throws. */
  close(): void
}

/**
 * Takes a connection over. node-ssh drops its 'error' listener when the login is done, and an 'error' that nobody listens
 * to ends the process: the one attached here stays for good.
 */
export const linkOf = (
  {
    ssh,
    opening,
    client,
    wire,
    signal,
  }: {
    readonly ssh: NodeSSH
    /** What node-ssh's connect promised. It is rejected also by errors after which ssh2 goes on: not to be awaited. */
    readonly opening: Promise<unknown>
    readonly client: Client
    readonly wire: Wire
    readonly signal: AbortSignal
  },
  onPassingError: (error: Error) => void,
): Link => {
  const listeners = new Set<(loss: Loss) => void>()
  let lost: Loss | undefined
  const lose = (loss: Loss) => {
    if (lost) return
    lost = loss
    signal.removeEventListener('abort', onAbort)
    for (const hear of listeners) hear(loss)
    listeners.clear()
  }
  const destroy = (loss: Loss) => {
    lose(loss)
    wire.destroy()
  }
  const onAbort = () => destroy({ by: 'interruption' })
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  client.on('error', error => (isPassing(error) ? onPassingError(error) : destroy({ by: 'error', error })))
  // Where connect threw there is no event; else this comes after the event and changes nothing.
  opening.catch((error: unknown) => isPassing(error) || destroy({ by: 'error', error }))
  client.on('close', () => destroy({ by: 'node' }))
  return {
    client,
    onLoss: hear => {
      if (lost) hear(lost)
      else listeners.add(hear)
      return () => listeners.delete(hear)
    },
    destroy: () => destroy({ by: 'us' }),
    close: () => {
      lose({ by: 'us' })
      try {
        ssh.dispose()
      } catch {
        // ssh2 cannot take leave any more; the socket goes all the same.
      }
      wire.end()
      // A node that does not take our last bytes shall not keep the wire open.
      const timer = setTimeout(() => wire.destroy(), lingerMilliseconds)
      if (wire.stream.closed) clearTimeout(timer)
      else wire.stream.once('close', () => clearTimeout(timer))
    },
  }
}

const lingerMilliseconds = 500
