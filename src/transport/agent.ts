import type { Duplex } from 'node:stream'
import ssh2 from 'ssh2'
import type { GetStreamCallback, IdentityCallback, ParsedKey } from 'ssh2'

/** The keys an agent holds, or why it cannot be asked. Kinds that ssh2 does not know (FIDO, certificates) are left out. */
export type AgentKeys =
  | { readonly state: 'answered'; readonly keys: readonly ParsedKey[] }
  | { readonly state: 'silent'; readonly why: string }

/** Asks an agent for its keys, within a limit: agents that wait for their user may never answer. */
export const readAgent = (socketPath: string, seconds: number): Promise<AgentKeys> =>
  new Promise(resolve => {
    const agent = new TrackedAgent(socketPath)
    const settle = (answer: AgentKeys) => {
      clearTimeout(timer)
      agent.hangUp()
      resolve(answer)
    }
    const timer = setTimeout(
      () => settle({ state: 'silent', why: `did not answer within ${seconds} s` }),
      seconds * 1000,
    )
    agent.getIdentities((error, keys) => {
      if (error) settle({ state: 'silent', why: `cannot be asked (${error.message})` })
      else settle({ state: 'answered', keys: (keys ?? []).filter(isParsedKey) })
    })
  })

// The callback's type allows more than OpenSSHAgent gives.
const isParsedKey = (key: unknown): key is ParsedKey =>
  typeof key === 'object' && key !== null && 'getPublicSSH' in key

/** ssh2's agent client, whose streams to the agent can be taken down with the connection that needed them. */
class TrackedAgent extends ssh2.OpenSSHAgent {
  readonly #streams = new Set<Duplex>()

  override getStream(callback: GetStreamCallback): void {
    super.getStream((error, stream) => {
      if (stream) {
        this.#streams.add(stream)
        stream.once('close', () => this.#streams.delete(stream))
      }
      callback(error, stream)
    })
  }

  hangUp(): void {
    for (const stream of this.#streams) stream.destroy()
  }
}

/** Signs with one key of an agent; the list of its keys was read before, for all nodes. */
export class OneKeyAgent extends TrackedAgent {
  readonly #key: ParsedKey

  constructor(socketPath: string, key: ParsedKey) {
    super(socketPath)
    this.#key = key
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(null, [this.#key])
  }
}
