import type { Duplex } from 'node:stream'
import { type Address, hostPort } from './address.ts'
import { quoted, type Trouble } from './trouble.ts'

/** What a server says before and in its identification line (RFC 4253 4.2). */
export interface Greeting {
  /** The first bytes, until the identification came; empty when not one did. */
  readonly text: () => string
}

/**
 * Listens in on a stream whose data ssh2 reads, until the identification line has come; `onEndless` when it still has not
 * after more bytes than any honest server says. Attach it after ssh2 has paused the stream: a listener would start it.
 */
export const listenForGreeting = (
  stream: Duplex,
  { onIdentified, onEndless }: { readonly onIdentified: () => void; readonly onEndless: () => void },
): Greeting => {
  let text = ''
  const hear = (chunk: Buffer) => {
    text += chunk.toString('latin1')
    if (/^SSH-(?:2\.0|1\.99)-[^\n]*\n/m.test(text)) {
      stream.off('data', hear)
      onIdentified()
    } else if (text.length > greetingBytes) {
      stream.off('data', hear)
      onEndless()
    }
  }
  stream.on('data', hear)
  return { text: () => text }
}

const greetingBytes = 64 * 1024

/** The server closed or reset the connection instead of identifying itself. */
export const hungUp = (address: Address, text: string, words: string): Trouble => {
  if (text === '')
    return troubleAt('connection-reset', `${hostPort(address)} hung up before it said a word (${words})`)
  // OpenSSH's sshd.c says these two plainly when it is full, or punishes our address, and hangs up.
  if (/^(?:Exceeded MaxStartups|Not allowed at this time)/.test(text))
    return troubleAt('connection-reset', `${hostPort(address)} hung up: ${quoted(text)}`)
  return notSsh(address, text)
}

/** The limit passed without an identification. */
export const noGreeting = (address: Address, text: string, seconds: number): Trouble =>
  text === ''
    ? troubleAt(
        'banner-timeout',
        `${hostPort(address)} accepted the connection but said nothing for ${seconds} s`,
      )
    : notSsh(address, text)

/** Something came, and it was no identification of an SSH 2 server. */
export const notSsh = (address: Address, text: string): Trouble =>
  troubleAt(
    'not-ssh',
    `${hostPort(address)} answered ${quoted(text)}, which is not an SSH 2 server’s greeting`,
  )

const troubleAt = (code: Trouble['code'], what: string): Trouble => ({ code, stage: 'connect', what })
