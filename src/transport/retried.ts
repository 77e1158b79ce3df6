import { setTimeout as pause } from 'node:timers/promises'
import type { HostKeyNote } from '../model/host-keys.ts'
import type { Trouble } from './trouble.ts'

export interface Retries {
  /** How often at most. */
  readonly tries: number
  /** How often where an sshd hung up before any SSH was spoken: many come to it at once, and it is full. */
  readonly triesWhenFull: number
  /** About how long to wait before the second try; before each further one twice as long. */
  readonly retrySeconds: number
  readonly signal: AbortSignal
}

interface Failed {
  readonly trouble: Trouble
  readonly note?: HostKeyNote
}

/** Tries again what may heal, with a pause between. */
export const retried = async <Open extends object>(
  open: () => Promise<Open | Failed>,
  { tries, triesWhenFull, retrySeconds, signal }: Retries,
): Promise<{ readonly result: Open | Failed; readonly attempts: number }> => {
  for (let attempt = 1; ; attempt++) {
    const result: Open | Failed = await open()
    if (!isFailed(result) || !isWorthAnotherTry(result.trouble)) return { result, attempts: 1 }
    const most = isFull(result.trouble) ? Math.max(tries, triesWhenFull) : tries
    if (attempt >= most || signal.aborted) return { result, attempts: attempt }
    // Spread out: a full sshd (MaxStartups) is not helped by everybody coming back at once.
    const milliseconds = retrySeconds * 1000 * 2 ** (attempt - 1) * (0.5 + Math.random())
    await pause(milliseconds, undefined, { signal }).catch(() => undefined)
  }
}

const isFailed = (result: object): result is Failed => 'trouble' in result

// Before SSH was spoken: later the same answer would come again, and refused logins add up to a ban on the node.
const isWorthAnotherTry = ({ code, stage }: Trouble): boolean => stage === 'connect' && worth.has(code)

const worth: ReadonlySet<Trouble['code']> = new Set([
  'connect-timeout',
  'connect-refused',
  'connection-reset',
  'banner-timeout',
  'proxy-failed',
])

// The words are those of the ssh within a ProxyCommand.
const isFull = ({ code, what }: Trouble): boolean =>
  code === 'connection-reset' ||
  (code === 'proxy-failed' &&
    /kex_exchange_identification|Connection (?:closed|reset)|broken pipe/i.test(what))
