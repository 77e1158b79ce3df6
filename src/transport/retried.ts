import { setTimeout as pause } from 'node:timers/promises'
import type { Trouble } from './trouble.ts'

/** Tries again what may heal, with a pause between. */
export const retried = async <Opened extends object>(
  open: () => Promise<Opened | { readonly trouble: Trouble }>,
  {
    tries,
    retrySeconds,
    signal,
  }: { readonly tries: number; readonly retrySeconds: number; readonly signal: AbortSignal },
): Promise<{ readonly result: Opened | { readonly trouble: Trouble }; readonly attempts: number }> => {
  for (let attempt = 1; ; attempt++) {
    const result = await open()
    if (!('trouble' in result) || !isWorthAnotherTry(result.trouble)) return { result, attempts: 1 }
    if (attempt >= tries || signal.aborted) return { result, attempts: attempt }
    // Spread out: a full sshd (MaxStartups) is not helped by everybody coming back at once.
    const milliseconds = retrySeconds * 1000 * (0.5 + Math.random())
    await pause(milliseconds, undefined, { signal }).catch(() => undefined)
  }
}

// Before SSH was spoken: later the same answer would come again, and refused logins add up to a ban on the node.
const isWorthAnotherTry = ({ code, stage }: Trouble): boolean =>
  stage === 'connect' &&
  (code === 'connect-timeout' ||
    code === 'connect-refused' ||
    code === 'connection-reset' ||
    code === 'banner-timeout' ||
    code === 'proxy-failed')
