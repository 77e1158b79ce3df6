import pLimit, { type LimitFunction } from 'p-limit'
import type { HostKeyNote } from '../model/host-keys.ts'
import { limits } from '../model/limits.ts'
import { hostPort } from './address.ts'
import { exec } from './exec.ts'
import type { FindHop } from './hop-finder.ts'
import { jumpsBy, type OpenChain, type WholeChain } from './jumps.ts'
import { openLink, type OpenLinkOptions } from './open-link.ts'
import { retried } from './retried.ts'
import { nodeError } from './trouble.ts'
import type { Way } from './way.ts'

export interface BuiltinOptions extends Omit<OpenLinkOptions, 'jumps' | 'words' | 'password' | 'turnOf'> {
  readonly tries: number
  readonly triesWhenFull: number
  readonly retrySeconds: number
  readonly findHop: FindHop
  readonly wholeChain: WholeChain
  /** The notes of hosts on the way that nobody has told yet. */
  readonly hopNotes: HostKeyNote[]
}

/** Our own client: one connection for each node, and one for each host on the way. */
export const builtinWay = (options: BuiltinOptions, closing: AbortSignal): Way => {
  const { tries, triesWhenFull, retrySeconds, findHop, wholeChain, hopNotes } = options
  const link = { ...options, turnOf: turns() }
  const openChain: OpenChain = async (chain, words) => {
    const hop = chain.at(-1)
    if (!hop) throw new Error('a chain of no jump hosts')
    const found = await findHop(hop, words)
    if ('trouble' in found) return found
    const before = chain.slice(0, -1)
    const reach =
      before.length === 0 ? found.reach : { ...found.reach, route: { by: 'jump', hops: before } as const }
    const open = () => openLink(reach, { ...link, jumps, words }, closing)
    const { result } = await retried(open, { tries, triesWhenFull, retrySeconds, signal: closing })
    if (result.note) hopNotes.push(result.note)
    return result
  }
  const jumps = jumpsBy(openChain, wholeChain)
  return {
    open: async ({ node, connection, reach, hopWords }, signal) => {
      const { address } = reach
      const mostTries = connection.tries ?? tries
      const own = {
        ...link,
        connectSeconds: connection.connectSeconds ?? options.connectSeconds,
        ...(connection.password ? { password: connection.password } : {}),
        jumps,
        words: hopWords,
      }
      const { result, attempts } = await retried(() => openLink(reach, own, signal), {
        tries: mostTries,
        // What ProxyCommand runs logs in somewhere for each node anew; a node’s own sshd has nobody but us.
        triesWhenFull: reach.route.by === 'command' ? triesWhenFull : mostTries,
        retrySeconds,
        signal,
      })
      const notes = [...hopNotes.splice(0), ...(result.note ? [result.note] : [])]
      const base = { address: hostPort(address), ...(notes.length > 0 ? { hostKeys: notes } : {}) }
      if ('trouble' in result)
        return { ...base, error: nodeError(node, result.trouble, attempts), trouble: result.trouble }
      const opened = result.link
      return {
        ...base,
        session: {
          exec: command => exec({ node, address, link: opened, openSeconds: options.loginSeconds }, command),
          close: () => opened.close(),
        },
      }
    },
    close: () => jumps.close(),
  }
}

/** Who goes by the same command as it was written goes to the same host: only a few log in there at once. */
const turns = (): ((template: string) => LimitFunction) => {
  const known = new Map<string, LimitFunction>()
  return template => {
    const turn = known.get(template) ?? pLimit(limits.commandLogins)
    known.set(template, turn)
    return turn
  }
}
