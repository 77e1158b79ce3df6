import type { Duplex } from 'node:stream'

/** Bytes to and from an SSH server, whatever carries them; ends once. */
export interface Wire {
  readonly stream: Duplex
  /** Ends it hard. */
  destroy(): void
  /** Ends it once what was written has left. */
  end(): void
}

/** A stream whose end is in its own hands. */
export const wireOf = (stream: Duplex): Wire => ({
  stream,
  destroy: () => stream.destroy(),
  end: () => {
    if ('destroySoon' in stream && typeof stream.destroySoon === 'function') stream.destroySoon()
    else stream.end()
  },
})
