import { hostPort, lookupName } from '../address.ts'
import { hungUp, noGreeting, notSsh } from '../greeting.ts'
import type { Reach } from '../reach.ts'
import { type Hop, hopText } from '../settings/settings.ts'
import type { Phase } from '../ssh-errors.ts'
import { quoted, type Trouble } from '../trouble.ts'
import { nameClientWords } from './client-words.ts'
import type { Heard } from './heard.ts'

export interface LoginAt {
  readonly reach: Reach
  readonly connectSeconds: number
  readonly loginSeconds: number
  /** How its client was started, for a sentence. */
  readonly program: string
}

/** What a client that ended before the login was done comes to. */
export const endedTrouble = (heard: Heard, { reach, program, connectSeconds }: LoginAt): Trouble => {
  const { address, route } = reach
  const at = hostPort(address)
  const phase = heard.phase()
  const said = heard.words()
  const { code, words } = nameClientWords(said, phase)
  if (code === 'ssh-config-refused')
    return connectTrouble(code, `${program} refuses its configuration: ${quoted(words)}`)
  if (phase === 'dial') {
    if (code === 'host-unresolved')
      return connectTrouble(code, `'${address.host}' cannot be resolved: ${words}`)
    return connectTrouble(code, `no TCP connection to ${at}: ${words}`)
  }
  if (phase === 'greeting') {
    // ssh’s own ConnectTimeout, which may be a moment quicker than ours.
    if (code === 'banner-timeout') return noGreeting(address, heard.greeting(), connectSeconds)
    if (route.by === 'command' && heard.greeting() === '')
      return connectTrouble('proxy-failed', `ProxyCommand gave no way to ${at}${saidBy(said)}`)
    if (code === 'not-ssh' && heard.greeting() === '')
      return connectTrouble(code, `${at} is no SSH 2 server: ${quoted(words)}`)
    return code === 'not-ssh' ? notSsh(address, heard.greeting()) : hungUp(address, heard.greeting(), words)
  }
  if (code.startsWith('host-key-')) return hostKeyTrouble(code, heard, reach)
  if (code === 'auth-failed') return authTrouble(heard, reach)
  return {
    code,
    stage: 'login',
    what: `${doing(phase, reach)} at ${at} failed: ${quoted(words)}`,
  }
}

/** What its limit comes to. */
export const tooSlow = (heard: Heard, { reach, connectSeconds, loginSeconds }: LoginAt): Trouble => {
  const { address, route } = reach
  const at = hostPort(address)
  const phase = heard.phase()
  if (phase === 'dial')
    return heard.isDialling()
      ? connectTrouble('connect-timeout', `no TCP connection to ${at} after ${connectSeconds} s`)
      : connectTrouble('host-unresolved', `'${address.host}' was not resolved within ${connectSeconds} s`)
  if (phase === 'greeting')
    return route.by === 'jump' && heard.greeting() === ''
      ? connectTrouble(
          'connect-timeout',
          `no answer of ${at} through ${wayText(route.hops)} after ${connectSeconds} s`,
        )
      : noGreeting(address, heard.greeting(), connectSeconds)
  return {
    code: 'login-timeout',
    stage: 'login',
    what: `${doing(phase, reach)} at ${at} not finished after ${loginSeconds} s`,
  }
}

const doing = (phase: Phase, { user }: Reach): string =>
  phase === 'handshake' ? 'key exchange' : `login as ${user}`

const wayText = (hops: readonly Hop[]): string => {
  const last = hops.at(-1)
  return last ? hopText(last) : ''
}

// Its last words, without those of ssh itself about the end.
const saidBy = (said: string): string => {
  const words = said
    .trim()
    .split('\n')
    .findLast(
      line => !/^(?:kex_exchange_identification|banner exchange|Connection (?:closed|reset))/.test(line),
    )
  return words === undefined || words === '' ? '' : `, saying ${quoted(words)}`
}

const hostKeyTrouble = (
  code: Trouble['code'],
  heard: Heard,
  { address, hostKeyAlias, knownHosts }: Reach,
): Trouble => {
  const at = hostPort(address)
  const key = heard.hostKey() ?? 'a key'
  const files = knownHosts.map(({ path }) => path).join(' or ')
  const looked = `(looked up as ${hostKeyAlias?.toLowerCase() ?? lookupName(address)})`
  const refuse = (what: string): Trouble => ({ code, stage: 'login', what: `${at} has ${key}, ${what}` })
  const said = heard.words()
  if (code === 'host-key-revoked') return refuse(`which is marked @revoked in ${files}`)
  if (code === 'host-key-changed') {
    // Offending ED25519 key in /home/ada/.ssh/known_hosts:3
    const [, type, place] = /Offending (.*?) key in (\S+:\d+)/.exec(said) ?? []
    const known = type === undefined ? 'another' : `another ${type} key at ${place ?? ''}`
    return refuse(`but known is ${known} ${looked}`)
  }
  // Certificate invalid: name is not a listed principal
  const why = said.split('\n').find(line => /certificate|principal/i.test(line))
  return refuse(`which is not in ${files} ${looked}${why === undefined ? '' : `; ${quoted(why)}`}`)
}

const authTrouble = (heard: Heard, { address, user }: Reach): Trouble => {
  const at = hostPort(address)
  const said = heard.words()
  const offered = heard.offered()
  const accepts = heard.accepts()
  // What it could not use it says before it fails: Load key "/home/ada/.ssh/id_rsa": bad permissions
  const unused = said.match(/^(?:Load key|Warning: Identity file|sign_and_send_pubkey:) .*$/gm) ?? []
  const [firstUnused] = unused
  if (firstUnused !== undefined && unused.length >= offered.length)
    return loginTrouble('identity-unreadable', `no key to log in with at ${at}: ${quoted(firstUnused)}`)
  const others = accepts === undefined ? '' : `; it accepts ${quoted(accepts)}`
  if (offered.length === 0 && (accepts ?? 'publickey').includes('publickey'))
    return loginTrouble('identity-missing', `no key to log in with: ssh found none for ${at}${others}`)
  const tooMany = /Too many authentication failures/i.test(said) ? 'too many keys were offered; ' : ''
  const because = firstUnused === undefined ? '' : `; ${quoted(firstUnused)}`
  const keys = offered.length > 0 ? offered.join(', ') : 'no key'
  return loginTrouble(
    'auth-failed',
    `${user} was not let in at ${at} (${tooMany}offered ${keys}${others}${because})`,
  )
}

const loginTrouble = (code: Trouble['code'], what: string): Trouble => ({ code, stage: 'login', what })

const connectTrouble = (code: Trouble['code'], what: string): Trouble => ({ code, stage: 'connect', what })
