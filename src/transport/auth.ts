import type { AnyAuthMethod, AuthHandlerMiddleware, Prompt } from 'ssh2'
import { OneKeyAgent } from './agent.ts'
import type { Identities, Identity } from './identities.ts'
import { quoted } from './trouble.ts'

/** One login's attempts, and what is to be said when they fail. */
export interface Login {
  readonly authHandler: AuthHandlerMiddleware
  /** ssh2 went on after this error: an agent did not sign. */
  readonly hear: (error: Error) => void
  /** Why nobody was let in, for the end of a sentence. */
  readonly why: () => string
  /** Takes down what an agent may still be waiting for. */
  readonly hangUp: () => void
}

/**
 * Offers the keys one by one, never a password. A second step without a question (`AuthenticationMethods
 * publickey,keyboard-interactive` with a silent PAM stack) is taken; a question ends the login at once, as nobody is there
 * to answer and an unanswered one would only run into the limit.
 */
export const loginAs = (user: string, { tried, untried }: Identities, onExhausted: () => void): Login => {
  const offered: Identity[] = []
  const said: string[] = []
  const agents: OneKeyAgent[] = []
  let accepted: readonly string[] = []
  let isAsked = false

  const methodOf = (identity: Identity): AnyAuthMethod => {
    if (identity.from === 'file') return { type: 'publickey', username: user, key: identity.key }
    const agent = new OneKeyAgent(identity.socket, identity.key)
    agents.push(agent)
    return { type: 'agent', username: user, agent }
  }
  const prompt = (_name: string, _text: string, _language: string, prompts: readonly Prompt[]) => {
    said.push(`it asks ${prompts.map(({ prompt: question }) => quoted(question)).join(' and ')}`)
    onExhausted()
  }

  return {
    // ssh2 passes null, not a list, before the node has said anything: its types do not say so.
    authHandler: (left: readonly string[] | null, isPartial, next) => {
      if (left) accepted = left
      if (isPartial) said.push('a key was accepted, which is not enough')
      const identity = !left || left.includes('publickey') ? tried[offered.length] : undefined
      if (identity) {
        offered.push(identity)
        next(methodOf(identity))
      } else if (
        !isAsked &&
        accepted.includes('keyboard-interactive') &&
        (isPartial || !accepted.includes('publickey'))
      ) {
        isAsked = true
        next({ type: 'keyboard-interactive', username: user, prompt })
      } else onExhausted()
    },
    hear: error => said.push(`${offered.at(-1)?.label ?? 'a key'}: ${error.message}`),
    why: () =>
      [
        `offered ${offered.map(({ label }) => label).join(', ')}`,
        ...(untried > 0 ? [`${untried} more keys not tried`] : []),
        ...(accepted.length > 0 ? [`it accepts ${quoted(accepted.join(', '))}`] : []),
        ...said,
      ].join('; '),
    hangUp: () => {
      for (const agent of agents) agent.hangUp()
    },
  }
}
