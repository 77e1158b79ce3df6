import type { WholeChain } from './jumps.ts'
import type { Reach } from './reach.ts'
import { type Hop, hopText } from './settings/settings.ts'
import type { Question } from './settings/ssh-g.ts'
import type { Trouble } from './trouble.ts'

/** How a host on the way is reached by its own configuration, and the words that ssh was asked with. */
export type FindHop = (
  hop: Hop,
  words: readonly string[],
) => Promise<{ readonly reach: Reach; readonly words: readonly string[] } | { readonly trouble: Trouble }>

export const hopFinder =
  (
    find: (question: Question) => Promise<{ readonly reach: Reach } | { readonly trouble: Trouble }>,
  ): FindHop =>
  async (hop, given) => {
    const words = [
      ...given,
      ...(hop.user === undefined ? [] : ['-l', hop.user]),
      ...(hop.port === undefined ? [] : ['-p', String(hop.port)]),
    ]
    const found = await find({ host: hop.host, words })
    return 'trouble' in found ? found : { ...found, words }
  }

/** The first host of a chain may have others before it, by its own configuration. */
export const wholeChainBy = (findHop: FindHop): WholeChain => {
  const whole: WholeChain = async (chain, words) => {
    const [first] = chain
    if (!first) return { chain }
    if (chain.length > mostHops || chain.slice(1).some(hop => hopText(hop) === hopText(first)))
      return {
        trouble: {
          code: 'jump-failed',
          stage: 'connect',
          what: `the jump hosts lead in a circle: ${chain.slice(0, 4).map(hopText).join(', ')}`,
        },
      }
    const found = await findHop(first, words)
    if ('trouble' in found) return found
    const { route } = found.reach
    return route.by === 'jump' ? whole([...route.hops, ...chain], words) : { chain }
  }
  return whole
}

// As OpenSSH limits the depth of what a configuration includes; nobody has more hosts on the way.
const mostHops = 16
