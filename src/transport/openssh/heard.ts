import type { Phase } from '../ssh-errors.ts'
import type { LogEvent } from './log-lines.ts'

/** What a client’s log has told so far. */
export interface Heard {
  readonly phase: () => Phase
  /** Whether it found an address to connect to, or a command that gives the way. */
  readonly isDialling: () => boolean
  /** What the server said instead of its identification. */
  readonly greeting: () => string
  readonly hostKey: () => string | undefined
  /** Its key was new, and is in known_hosts now; or why it could not be added. */
  readonly learnt: () => { readonly isAdded: true } | { readonly whyNot: string } | undefined
  readonly offered: () => readonly string[]
  /** The ways to log in that the server has named. */
  readonly accepts: () => string | undefined
  /** What was meant for people, the last of it. */
  readonly words: () => string
  readonly take: (event: LogEvent) => void
  /** What was said until now is about the login. */
  readonly loggedIn: () => void
}

/** A server’s own words stand in the same log (its banner): the way goes only forward. */
export const heard = (isProxied: boolean): Heard => {
  let phase: Phase = 'dial'
  let isDialling = false
  let greeting = ''
  let hostKey: string | undefined
  let learnt: ReturnType<Heard['learnt']>
  let accepts: string | undefined
  let words = ''
  const offered: string[] = []
  const reach = (next: Phase) => {
    if (order.indexOf(next) > order.indexOf(phase)) phase = next
  }
  return {
    phase: () => phase,
    isDialling: () => isDialling,
    greeting: () => greeting,
    hostKey: () => hostKey,
    learnt: () => learnt,
    offered: () => offered,
    accepts: () => accepts,
    words: () => words,
    loggedIn: () => {
      phase = 'exec'
      words = ''
    },
    take: event => {
      switch (event.saw) {
        case 'dialling':
          isDialling = true
          if (isProxied) reach('greeting')
          return
        case 'connected':
          return reach('greeting')
        case 'greeting':
          if (phase === 'greeting') greeting = `${greeting}${event.text}\n`.slice(0, greetingCharacters)
          return
        case 'identified':
          return reach('handshake')
        case 'host-key':
          if (phase === 'handshake') hostKey = event.key
          return
        // Before the server may send a banner, which could say the same.
        case 'learnt':
          if (phase === 'handshake') learnt = { isAdded: true }
          return
        case 'not-learnt':
          if (phase === 'handshake') learnt = { whyNot: event.words }
          return
        case 'keys-exchanged':
          return reach('login')
        case 'offer':
          if (offered.length < mostOffers) offered.push(event.key)
          return
        case 'accepts':
          accepts = event.methods
          return
        case 'words':
          words = `${words}${event.text}\n`.slice(-wordsCharacters)
          return
        case 'opened':
        case 'refused':
        case 'status':
        case 'signal':
        case 'forward':
        case 'forward-channel':
          return // of use to those who wait for it
        default:
          return event satisfies never
      }
    },
  }
}

const order: readonly Phase[] = ['dial', 'greeting', 'handshake', 'login', 'exec']
const greetingCharacters = 4096
const wordsCharacters = 8192
const mostOffers = 20
