import type { SshClient } from '../../model/node.ts'
import type { Reach } from '../reach.ts'
import { type Hop, hopText } from '../settings/settings.ts'
import type { Trouble } from '../trouble.ts'
import type { FindReasons } from './reasons.ts'

/** Who reaches a node. */
export type Client =
  | {
      readonly by: 'builtin'
      readonly isFirst: boolean
      /** What it has to do without: the other cannot give the password. */
      readonly without?: readonly string[]
    }
  /** `why` is empty where it was asked for. */
  | { readonly by: 'openssh'; readonly why: readonly string[] }

export interface ChooseRequest {
  readonly reach: Reach
  /** Those that jump hosts are looked up with. */
  readonly hopWords: readonly string[]
  readonly wanted: SshClient
  /** Only the builtin one can give a password. */
  readonly hasPassword: boolean
}

export type Choose = (request: ChooseRequest) => Promise<Client>

/** Chooses the client of each node: OpenSSH’s where the way to it, be it a jump host on it, needs what ours cannot. */
export const chooser = (
  reasons: FindReasons,
  findHop: (
    hop: Hop,
    words: readonly string[],
  ) => Promise<{ readonly reach: Reach } | { readonly trouble: unknown }>,
): Choose => {
  const known = new Map<string, ReturnType<typeof findOne>>()
  const findOne = async (hop: Hop, words: readonly string[]) => {
    const found = await findHop(hop, words)
    if ('trouble' in found) return { why: [], next: [] }
    const { route } = found.reach
    return {
      why: (await reasons(found.reach)).map(reason => `${reason} (jump host ${hopText(hop)})`),
      next: route.by === 'jump' ? route.hops : [],
    }
  }
  const hopOf = (hop: Hop, words: readonly string[]): ReturnType<typeof findOne> => {
    const key = JSON.stringify([hopText(hop), words])
    const found = known.get(key) ?? findOne(hop, words)
    known.set(key, found)
    return found
  }
  // Each host of the way once: a way that leads in a circle is told when it is gone.
  const routeReasons = async ({ route }: Reach, words: readonly string[]): Promise<readonly string[]> => {
    const hops = new Map((route.by === 'jump' ? route.hops : []).map(hop => [hopText(hop), hop]))
    const why: string[] = []
    // Grows while it is walked through.
    for (const hop of hops.values()) {
      const found = await hopOf(hop, words)
      why.push(...found.why)
      for (const next of found.next) if (hops.size < mostHops) hops.set(hopText(next), next)
    }
    return why
  }

  return async ({ reach, hopWords, wanted, hasPassword }) => {
    if (wanted === 'builtin') return { by: 'builtin', isFirst: false }
    if (wanted === 'openssh' && !hasPassword) return { by: 'openssh', why: [] }
    const why = [...new Set([...(await reasons(reach)), ...(await routeReasons(reach, hopWords))])]
    if (hasPassword) return { by: 'builtin', isFirst: false, ...(why.length > 0 ? { without: why } : {}) }
    return why.length > 0 ? { by: 'openssh', why } : { by: 'builtin', isFirst: true }
  }
}

// As many as a chain may have.
const mostHops = 16

/** One sentence for each reason: `3 nodes go by the OpenSSH client: CertificateFile`. */
export const clientSentences = (
  nodes: readonly { readonly name: string; readonly client: Client }[],
): readonly string[] => {
  const byReason = new Map<string, string[]>()
  for (const { name, client } of nodes) {
    const how = howOf(client)
    if (how === undefined) continue
    const names = byReason.get(how)
    if (names) names.push(name)
    else byReason.set(how, [name])
  }
  return [...byReason].map(([how, [first, ...more]]) =>
    more.length === 0 ? `node ${first ?? ''} goes ${how}` : `${more.length + 1} nodes go ${how}`,
  )
}

const howOf = (client: Client): string | undefined => {
  if (client.by === 'openssh')
    return client.why.length === 0 ? undefined : `by the OpenSSH client: ${client.why.join(', ')}`
  return client.without === undefined
    ? undefined
    : `by the built-in client, which alone gives a password, and without ${client.without.join(', ')}`
}

/** Whether a login came to nothing because the two had no algorithm in common: ssh2’s words, of a jump host too. */
export const sharesNoAlgorithm = ({ code, what }: Trouble): boolean =>
  (code === 'handshake-failed' || code === 'jump-failed') &&
  /no matching .*(?:algorithm|format|cipher|MAC)/i.test(what)
