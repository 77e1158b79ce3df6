import { NodeSSH } from 'node-ssh'
import { type Address, hostPort } from './address.ts'
import { algorithmsFor } from './algorithms.ts'
import { loginAs } from './auth.ts'
import { hungUp, listenForGreeting, noGreeting, notSsh } from './greeting.ts'
import type { HostKeyNote } from '../model/host-keys.ts'
import type { HostKey } from './host-key-keeper.ts'
import type { Identities } from './identities.ts'
import type { Secret } from '../model/secret.ts'
import { type Link, linkOf, type Loss } from './link.ts'
import { nameError, type Phase } from './ssh-errors.ts'
import { strictVerifier } from './strict-verifier.ts'
import { interrupted, quoted, type Trouble } from './trouble.ts'
import type { Wire } from './wire.ts'

export interface LoginRequest {
  readonly address: Address
  readonly user: string
  readonly identities: Identities
  readonly password: Secret | undefined
  readonly hostKey: HostKey
  /** How long the node may take to say what it is. */
  readonly bannerSeconds: number
  /** How long key exchange and login may take after that. */
  readonly loginSeconds: number
  readonly keepaliveSeconds: number
  readonly keepaliveCount: number
}

export type LoggedIn = ({ readonly link: Link } | { readonly trouble: Trouble }) & {
  /** Of a host key that was not known before. */
  readonly note?: HostKeyNote
}

/** Makes a logged-in link of a fresh wire; on any trouble the wire is gone. */
export const logIn = (wire: Wire, request: LoginRequest, signal: AbortSignal): Promise<LoggedIn> =>
  new Promise((resolve, reject) => {
    const { address, user, identities, hostKey, bannerSeconds, loginSeconds, keepaliveSeconds } = request
    const passwordNow = () => (hostKey.isOther() ? undefined : request.password)
    let phase: Phase = 'greeting'
    let refusal: Trouble | undefined
    const login = loginAs(user, identities, passwordNow, () => fail(authFailed(request, login.why())))

    const ssh = new NodeSSH()
    const opening = ssh.connect({
      sock: wire.stream,
      username: user,
      readyTimeout: 0, // the limits below name the stage
      keepaliveInterval: keepaliveSeconds * 1000,
      keepaliveCountMax: request.keepaliveCount,
      agentForward: false,
      algorithms: algorithmsFor(hostKey.knownTypes),
      hostVerifier: strictVerifier(key => (refusal = hostKey.judge(key)) === undefined),
      authHandler: login.authHandler,
    })
    const client = ssh.connection
    if (!client) {
      opening.catch(reject) // our own mistake: node-ssh refused its configuration
      return
    }
    const link = linkOf({ ssh, opening, client, wire, signal }, login.hear)

    let isSettled = false
    let note: HostKeyNote | undefined
    const settle = (result: { readonly link: Link } | { readonly trouble: Trouble }) => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      login.hangUp()
      if ('trouble' in result) link.destroy()
      resolve({ ...result, ...(note ? { note } : {}) })
    }
    const fail = (trouble: Trouble) => settle({ trouble })
    const greeting = listenForGreeting(wire.stream, {
      onIdentified: () => {
        phase = 'handshake'
        clearTimeout(timer)
        timer = setTimeout(() => fail(tooSlow(request, phase)), loginSeconds * 1000)
      },
      onEndless: () => fail(notSsh(address, greeting.text())),
    })
    let timer = setTimeout(
      () => fail(noGreeting(address, greeting.text(), bannerSeconds)),
      bannerSeconds * 1000,
    )
    client.once('handshake', () => {
      phase = 'login'
      const proved = hostKey.proved()
      if ('trouble' in proved) fail(proved.trouble)
      else note = proved.note
    })
    client.on('change password', login.onPasswordChange)
    client.once('ready', () => settle({ link }))
    // Last, as it calls back at once when the run was interrupted a moment ago.
    link.onLoss(loss =>
      fail(refusal ?? troubleOf(loss, phase, { request, text: greeting.text(), why: login.why })),
    )
  })

const troubleOf = (
  loss: Loss,
  phase: Phase,
  {
    request,
    text,
    why,
  }: { readonly request: LoginRequest; readonly text: string; readonly why: () => string },
): Trouble => {
  const at = hostPort(request.address)
  if (loss.by === 'interruption') return interrupted('login', `logging in at ${at}`)
  const { code, words } =
    loss.by === 'error' ? nameError(loss.error, phase) : nameError('No response from server', phase)
  if (phase === 'greeting') {
    if (code === 'not-ssh') return notSsh(request.address, text)
    return hungUp(request.address, text, words)
  }
  if (code === 'auth-failed') return authFailed(request, `${words}; ${why()}`)
  const doing = phase === 'handshake' ? 'key exchange' : `login as ${request.user}`
  return { code, stage: 'login', what: `${doing} at ${at} failed: ${quoted(words)}` }
}

const tooSlow = ({ address, user, loginSeconds }: LoginRequest, phase: Phase): Trouble => ({
  code: 'login-timeout',
  stage: 'login',
  what: `${phase === 'handshake' ? 'key exchange' : `login as ${user}`} at ${hostPort(address)} not finished after ${loginSeconds} s`,
})

const authFailed = ({ address, user }: LoginRequest, why: string): Trouble => ({
  code: 'auth-failed',
  stage: 'login',
  what: `${user} was not let in at ${hostPort(address)} (${why})`,
})
