import type { HostKeyNote } from '../../model/host-keys.ts'
import { hostPort } from '../address.ts'
import type { FindHop } from '../hop-finder.ts'
import type { WholeChain } from '../jumps.ts'
import type { Reach } from '../reach.ts'
import { retried } from '../retried.ts'
import type { Trouble } from '../trouble.ts'
import { interrupted } from '../trouble.ts'
import { unlessAborted } from '../unless-aborted.ts'
import { dens } from './den.ts'
import { keyTrouble } from './key-trouble.ts'
import { type HopMasters, hopMasters, type Way } from './hops.ts'
import { type Logged, type Master, openMaster, type OpenedMaster } from './master.ts'

export interface ClientOptions {
  /** Absent: as ssh_config says, else the usual. */
  readonly connectSeconds: number | undefined
  readonly usualConnectSeconds: number
  readonly loginSeconds: number
  readonly keepaliveSeconds: number
  readonly tries: number
  readonly triesWhenFull: number
  readonly retrySeconds: number
  readonly configFile: string | undefined
  /** Hears of each host key of a hop that was not known. */
  readonly onHopNote: (note: HostKeyNote) => void
  readonly agentSocket: string | undefined
  readonly home: string
  readonly findHop: FindHop
  readonly wholeChain: WholeChain
}

export interface ClientRequest {
  readonly reach: Reach
  /** As it is asked for. */
  readonly host: string
  readonly words: readonly string[]
  /** Those that jump hosts are looked up with. */
  readonly hopWords: readonly string[]
  readonly program: string
  /** Where a variable of the node says them. */
  readonly connectSeconds?: number
  readonly tries?: number
}

/** Reaches hosts by OpenSSH’s own client: one master for each, and those of the jump hosts shared. */
export interface OpenSshClient {
  readonly open: (
    request: ClientRequest,
    signal: AbortSignal,
  ) => Promise<
    | { readonly master: Master; readonly note?: HostKeyNote; readonly attempts: number }
    | { readonly trouble: Trouble; readonly attempts: number }
  >
  readonly close: () => void
}

export const openSshClient = (options: ClientOptions, closing: AbortSignal): OpenSshClient => {
  const den = dens()
  const { tries, triesWhenFull, retrySeconds } = options
  const openOnce = async (
    { reach, host, words, hopWords, program, connectSeconds }: ClientRequest,
    hops: HopMasters,
    signal: AbortSignal,
  ): Promise<OpenedMaster> => {
    const wrong = await keyTrouble(reach)
    if (wrong) return { trouble: wrong }
    const way = await wayTo(reach, hopWords, program, hops, signal)
    if (way && 'trouble' in way) return way
    const opened = await openMaster(
      {
        ...options,
        reach,
        host,
        words,
        program,
        den,
        connectSeconds:
          connectSeconds ?? options.connectSeconds ?? reach.connectSeconds ?? options.usualConnectSeconds,
        ...proxyOf(reach, way),
      },
      signal,
    )
    const refusal = 'trouble' in opened && opened.trouble.stage === 'connect' ? way?.refusal() : undefined
    return refusal && 'trouble' in opened && opened.trouble.code !== 'interrupted'
      ? { trouble: refusal }
      : opened
  }
  const hops: HopMasters = hopMasters(async (chain, words, program) => {
    const hop = chain.at(-1)
    if (!hop) throw new Error('a chain of no jump hosts')
    const found = await options.findHop(hop, words)
    if ('trouble' in found) return found
    const before = chain.slice(0, -1)
    const reach: Reach =
      before.length === 0 ? found.reach : { ...found.reach, route: { by: 'jump', hops: before } }
    const request = { reach, host: hop.host, words: found.words, hopWords: words, program }
    const open = () => openOnce(request, hops, closing)
    const { result } = await retried<Logged>(open, { tries, triesWhenFull, retrySeconds, signal: closing })
    if ('master' in result && result.note) options.onHopNote(result.note)
    return result
  }, options.wholeChain)
  return {
    open: async (request, signal) => {
      const open = () => openOnce(request, hops, signal)
      // What ProxyCommand runs logs in somewhere for each node anew; a node’s own sshd has nobody but us.
      const most = request.tries ?? tries
      const whenFull = request.reach.route.by === 'command' ? triesWhenFull : most
      const retries = { tries: most, triesWhenFull: whenFull, retrySeconds, signal }
      const { result, attempts } = await retried<Logged>(open, retries)
      return { ...result, attempts }
    },
    close: () => hops.close(),
  }
}

const wayTo = async (
  { address, route }: Reach,
  words: readonly string[],
  program: string,
  hops: HopMasters,
  signal: AbortSignal,
): Promise<Way | { readonly trouble: Trouble } | undefined> => {
  if (route.by !== 'jump') return undefined
  const way = await unlessAborted(hops.way({ chain: route.hops, words, program, address }), signal)
  return way ?? { trouble: interrupted('connect', `connecting to ${hostPort(address)}`) }
}

// Of the configuration's ProxyJump nothing is left to ssh: it would verify its hosts as that says, be it not at all.
const proxyOf = ({ route }: Reach, way: Way | undefined): { readonly proxyCommand?: string } => {
  if (way) return { proxyCommand: way.command }
  return route.by === 'tcp' ? { proxyCommand: 'none' } : {}
}
