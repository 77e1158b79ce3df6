import type { ClientChannel } from 'ssh2'
import { type Address, hostPort } from './address.ts'
import type { Link } from './link.ts'
import type { LoggedIn } from './log-in.ts'
import { type Hop, hopText } from './settings/settings.ts'
import { nameError } from './ssh-errors.ts'
import { interrupted, quoted, type Trouble } from './trouble.ts'
import { unlessAborted } from './unless-aborted.ts'
import { type Wire, wireOf } from './wire.ts'

export type Opened = LoggedIn

/** Logs in to the last host of a chain, through those before it. */
export type OpenChain = (chain: readonly Hop[], words: readonly string[]) => Promise<Opened>

/** A chain with those before its first host; each of its beginnings is whole too. */
export type WholeChain = (
  chain: readonly Hop[],
  words: readonly string[],
) => Promise<{ readonly chain: readonly Hop[] } | { readonly trouble: Trouble }>

export interface Jumps {
  /** A wire through the chain to an address. `words` are those that the hops’ own configuration is asked with. */
  readonly wire: (request: JumpRequest) => Promise<{ readonly wire: Wire } | { readonly trouble: Trouble }>
  readonly close: () => void
}

export interface JumpRequest {
  readonly chain: readonly Hop[]
  readonly words: readonly string[]
  readonly address: Address
  readonly seconds: number
  readonly signal: AbortSignal
}

/**
 * One connection for each jump host, shared by all nodes behind it: however many they are, its sshd sees one login. A jump
 * host that can't be reached is asked once, and the answer is that of all behind it; one that goes away is asked again.
 */
export const jumpsBy = (open: OpenChain, wholeChain: WholeChain): Jumps => {
  const opened = new Map<string, Promise<Opened>>()
  const link: OpenChain = (chain, words) => {
    const key = JSON.stringify([chain.map(hop => hopText(hop)), words])
    const known = opened.get(key)
    if (known) return known
    const fresh = open(chain, words).then(result => {
      if ('link' in result) result.link.onLoss(() => opened.delete(key))
      return result
    })
    opened.set(key, fresh)
    return fresh
  }
  return {
    wire: async ({ chain, words, address, seconds, signal }) => {
      const last = chain.at(-1)
      if (!last) throw new Error('a chain of no jump hosts')
      const whole = await unlessAborted(wholeChain(chain, words), signal)
      if (!whole) return { trouble: leaving(last) }
      if ('trouble' in whole) return { trouble: behind(last, whole.trouble) }
      const result = await unlessAborted(link(whole.chain, words), signal)
      if (!result) return { trouble: leaving(last) }
      if ('trouble' in result) return { trouble: behind(last, result.trouble) }
      return forward(result.link, { hop: hopText(last), address, seconds, signal })
    },
    close: () => {
      for (const one of opened.values())
        void one.then(result => ('link' in result ? result.link.close() : undefined))
      opened.clear()
    },
  }
}

// The login goes on for the others behind it.
const leaving = (hop: Hop): Trouble => interrupted('connect', `waiting for jump host ${hopText(hop)}`)

/** What is wrong with a host on the way is said in the same words of every node behind it. */
export const behind = (hop: Hop, trouble: Trouble): Trouble =>
  trouble.code === 'interrupted' || trouble.code === 'jump-failed'
    ? trouble
    : {
        code: 'jump-failed',
        stage: 'connect',
        of: trouble.code,
        what: `jump host ${hopText(hop)}: ${trouble.what}`,
      }

interface Forward {
  readonly hop: string
  readonly address: Address
  readonly seconds: number
  readonly signal: AbortSignal
}

const forward = (
  link: Link,
  { hop, address, seconds, signal }: Forward,
): Promise<{ readonly wire: Wire } | { readonly trouble: Trouble }> =>
  new Promise(resolve => {
    const at = `${hostPort(address)} through ${hop}`
    let isSettled = false
    const listening: (() => void)[] = []
    const settle = (result: { readonly wire: Wire } | { readonly trouble: Trouble }) => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      for (const stop of listening) stop()
      resolve(result)
    }
    const fail = (code: Trouble['code'], what: string) =>
      settle({ trouble: { code, stage: 'connect', what } })
    const onAbort = () => settle({ trouble: interrupted('connect', `connecting to ${at}`) })
    const timer = setTimeout(
      () => fail('connect-timeout', `no TCP connection to ${at} after ${seconds} s`),
      seconds * 1000,
    )
    signal.addEventListener('abort', onAbort)
    const onChannel = (error: Error | undefined, channel: ClientChannel) => {
      if (error) {
        const words = error.message.replace(/^\(SSH\) Channel open failure: /, '')
        // RFC 4254 5.1: 1 is prohibited, 2 the connection failed, 4 no resources.
        const isProhibited = 'reason' in error && error.reason === 1
        return settle({ trouble: forwardRefusal(at, words, isProhibited) })
      }
      channel.on('error', () => undefined)
      if (isSettled) channel.destroy()
      else settle({ wire: wireOf(channel) })
    }
    listening.push(
      link.onLoss(() => fail('connection-reset', `no TCP connection to ${at}: the jump host went away`)),
    )
    if (isSettled) return
    try {
      link.client.forwardOut('127.0.0.1', 0, address.host, address.port, onChannel)
    } catch (error) {
      fail('connection-reset', `no TCP connection to ${at}: ${quoted(nameError(error, 'exec').words)}`)
    }
  })

/** What a jump host that opens no way comes to; the words are its own. */
export const forwardRefusal = (at: string, words: string, isProhibited: boolean): Trouble => ({
  code: isProhibited ? 'jump-failed' : codeOfRefusal(words),
  stage: 'connect',
  what: `no TCP connection to ${at}: ${isProhibited ? 'its sshd forbids the way (AllowTcpForwarding, PermitOpen): ' : ''}${quoted(words)}`,
})

const codeOfRefusal = (words: string): Trouble['code'] => {
  if (/refused/i.test(words)) return 'connect-refused'
  if (/timed out/i.test(words)) return 'connect-timeout'
  if (/resolve|not known|no address|lookup/i.test(words)) return 'host-unresolved'
  if (/route|unreachable/i.test(words)) return 'network-unreachable'
  return 'connect-refused'
}
