import { hostPort, type Address } from '../address.ts'
import { behind, type WholeChain, forwardRefusal } from '../jumps.ts'
import { type Hop, hopText } from '../settings/settings.ts'
import type { Trouble } from '../trouble.ts'
import { commandText, muxWords } from './arguments.ts'
import type { Master, OpenedMaster } from './master.ts'

/** Logs in to the last host of a chain, through those before it. */
export type OpenHop = (
  chain: readonly Hop[],
  words: readonly string[],
  program: string,
) => Promise<OpenedMaster>

/** A way through a jump host’s master. */
export interface Way {
  /** For ProxyCommand. */
  readonly command: string
  /** Why the jump host opened none to the address, where it said so. */
  readonly refusal: () => Trouble | undefined
}

export interface HopMasters {
  readonly way: (request: WayRequest) => Promise<Way | { readonly trouble: Trouble }>
  readonly close: () => void
}

export interface WayRequest {
  readonly chain: readonly Hop[]
  readonly words: readonly string[]
  readonly program: string
  readonly address: Address
}

/** One master for each jump host, shared by all nodes behind it, as `jumpsBy` shares its connections. */
export const hopMasters = (open: OpenHop, wholeChain: WholeChain): HopMasters => {
  const opened = new Map<string, Promise<OpenedHop>>()
  const hopOf = (chain: readonly Hop[], words: readonly string[], program: string): Promise<OpenedHop> => {
    const key = JSON.stringify([chain.map(hop => hopText(hop)), words, program])
    const known = opened.get(key)
    if (known) return known
    const fresh = open(chain, words, program).then((result): OpenedHop => {
      if ('trouble' in result) return result
      result.master.onLoss(() => opened.delete(key))
      return { hop: { master: result.master, refusals: refusalsOf(result.master) } }
    })
    opened.set(key, fresh)
    return fresh
  }
  return {
    way: async ({ chain, words, program, address }) => {
      const last = chain.at(-1)
      if (!last) throw new Error('a chain of no jump hosts')
      const whole = await wholeChain(chain, words)
      if ('trouble' in whole) return { trouble: behind(last, whole.trouble) }
      const result = await hopOf(whole.chain, words, program)
      if ('trouble' in result) return { trouble: behind(last, result.trouble) }
      const { master, refusals } = result.hop
      return {
        command: commandText([
          program,
          ...muxWords(master.socket, ['-W', target(address)], [hostPort(address)]),
        ]),
        refusal: () => {
          const said = refusals.get(`${address.host}:${address.port}`)
          return said === undefined
            ? undefined
            : refusalTrouble(said, `${hostPort(address)} through ${hopText(last)}`)
        },
      }
    },
    close: () => {
      for (const one of opened.values())
        void one.then(result => ('hop' in result ? result.hop.master.close() : undefined))
      opened.clear()
    },
  }
}

type OpenedHop =
  | { readonly hop: { readonly master: Master; readonly refusals: ReadonlyMap<string, string> } }
  | { readonly trouble: Trouble }

const target = ({ host, port }: Address): string => `[${host}]:${port}`

/** Why a master could not open ways, by `host:port`: its log tells of the way, its channel, and what became of that. */
const refusalsOf = (master: Master): ReadonlyMap<string, string> => {
  const refusals = new Map<string, string>()
  const channels = new Map<string, string>()
  let asked: string | undefined
  master.onEvent(event => {
    if (event.saw === 'forward') asked = event.to
    else if (event.saw === 'forward-channel' && asked !== undefined) {
      channels.set(event.channel, asked)
      refusals.delete(asked)
      asked = undefined
    } else if (event.saw === 'refused') {
      const to = channels.get(event.channel)
      if (to !== undefined) refusals.set(to, event.words)
    }
  })
  return refusals
}

const refusalTrouble = (said: string, at: string): Trouble => {
  // connect failed: Connection refused; administratively prohibited: open failed
  const [, reason = '', words = said] = /^([\w ]+): (.*)$/.exec(said) ?? []
  return forwardRefusal(at, words, reason === 'administratively prohibited')
}
