import type { AnyAuthMethod, AuthHandlerMiddleware, Prompt } from 'ssh2'
import { OneKeyAgent } from './agent.ts'
import type { Identities, Identity } from './identities.ts'
import type { Secret } from '../model/secret.ts'
import { quoted } from './trouble.ts'

/** One login's attempts, and what is to be said when they fail. */
export interface Login {
  readonly authHandler: AuthHandlerMiddleware
  /** A server that wants another password than the one it was given; nobody is asked for a new one. */
  readonly onPasswordChange: (prompt: string) => void
  /** ssh2 went on after this error: an agent did not sign. */
  readonly hear: (error: Error) => void
  /** Why nobody was let in, for the end of a sentence. */
  readonly why: () => string
  /** Takes down what an agent may still be waiting for. */
  readonly hangUp: () => void
}

/**
 * Offers the keys one by one, then the password where one was given for this very host: to keyboard-interactive or, where that did not
 * take it, as a password; once in all, as servers ban who guesses. A second step without a question (`AuthenticationMethods
 * publickey,keyboard-interactive` with a silent PAM stack) is taken; a question for anything but the password ends the login at
 * once, as nobody is there to answer and an unanswered one would only run into the limit.
 */
export const loginAs = (
  user: string,
  { tried, untried, lacking }: Identities,
  passwordNow: () => Secret | undefined,
  onExhausted: () => void,
): Login => {
  // Known once the host has shown its key.
  let password: Secret | undefined
  // Servers hang up after six failures (MaxAuthTries): the password must have its turn.
  const keys = (): readonly Identity[] => (password ? tried.slice(0, keysBeforePassword) : tried)
  const offered: Identity[] = []
  const said: string[] = []
  const agents: OneKeyAgent[] = []
  let accepted: readonly string[] = []
  let isAsked = false
  let isPasswordGiven = false

  const methodOf = (identity: Identity): AnyAuthMethod => {
    if (identity.from === 'file') return { type: 'publickey', username: user, key: identity.key }
    const agent = new OneKeyAgent(identity.socket, identity.key)
    agents.push(agent)
    return { type: 'agent', username: user, agent }
  }
  const stop = (why: string) => {
    said.push(why)
    onExhausted()
  }
  const prompt = (
    _name: string,
    _text: string,
    _language: string,
    prompts: readonly Prompt[],
    answer: (answers: string[]) => void,
  ) => {
    const [question] = prompts
    if (password && !isPasswordGiven && prompts.length === 1 && question && asksForPassword(question)) {
      isPasswordGiven = true
      answer([password.reveal()])
    } else stop(`it asks ${prompts.map(one => quoted(one.prompt)).join(' and ')}`)
  }
  const nextKey = (left: readonly string[] | null): Identity | undefined =>
    !left || left.includes('publickey') ? keys()[offered.length] : undefined
  const takesPassword = (isPartial: boolean): boolean =>
    password !== undefined || isPartial || !accepted.includes('publickey')

  return {
    // ssh2 passes null, not a list, before the node has said anything: its types do not say so.
    authHandler: (left: readonly string[] | null, isPartial, next) => {
      password = passwordNow()
      if (left) accepted = left
      if (isPartial)
        said.push(`${isPasswordGiven ? 'the password' : 'a key'} was accepted, which is not enough`)
      const identity = nextKey(left)
      if (identity) {
        offered.push(identity)
        next(methodOf(identity))
      } else if (!left && password) next({ type: 'none', username: user })
      else if (!isAsked && accepted.includes('keyboard-interactive') && takesPassword(isPartial)) {
        isAsked = true
        next({ type: 'keyboard-interactive', username: user, prompt })
      } else if (password && !isPasswordGiven && accepted.includes('password')) {
        isPasswordGiven = true
        next({ type: 'password', username: user, password: password.reveal() })
      } else onExhausted()
    },
    onPasswordChange: text =>
      stop(`it wants the password changed${text.trim() === '' ? '' : `: ${quoted(text)}`}`),
    hear: error => said.push(`${offered.at(-1)?.label ?? 'a key'}: ${error.message}`),
    why: () =>
      [
        `offered ${[...offered.map(({ label }) => label), ...(isPasswordGiven ? ['the password'] : [])].join(', ') || 'nothing'}`,
        ...(lacking === undefined ? [] : [lacking]),
        ...moreKeys(untried + tried.length - keys().length),
        ...(accepted.length > 0 ? [`it accepts ${quoted(accepted.join(', '))}`] : []),
        ...said,
      ].join('; '),
    hangUp: () => {
      for (const agent of agents) agent.hangUp()
    },
  }
}

const moreKeys = (count: number): readonly string[] => (count > 0 ? [`${count} more keys not tried`] : [])

const keysBeforePassword = 4

// "Password: ", "ada@n1's password:", "Passwort:", but neither "New password:" nor "(current) UNIX password:", with which PAM begins
// to have it changed.
const asksForPassword = ({ prompt, echo }: Prompt): boolean =>
  echo !== true &&
  /passw|passcode|kennwort|mot de passe|contraseña|senha|пароль|密码|パスワード/i.test(prompt) &&
  !/\b(?:new|current|old|again|retype|re-enter|repeat|change|one[- ]time|expired)\b|otp|token|\bcode\b|neues|nouveau|nueva/i.test(
    prompt,
  )
