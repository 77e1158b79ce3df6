import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { hints } from '../../src/errors.ts'
import { isPassing, nameError, type Phase } from '../../src/transport/ssh-errors.ts'

const system = (code: string, message: string): Error => Object.assign(new Error(message), { code })
const ssh = (message: string, level?: string): Error => Object.assign(new Error(message), { level })

const cases: readonly (readonly [error: unknown, phase: Phase, code: string, words: RegExp])[] = [
  [system('ENOTFOUND', 'getaddrinfo ENOTFOUND web-1'), 'dial', 'host-unresolved', /no such name/],
  [system('EAI_AGAIN', 'getaddrinfo EAI_AGAIN web-1'), 'dial', 'host-unresolved', /resolver does not answer/],
  [system('EAI_FAIL', 'getaddrinfo EAI_FAIL web-1'), 'dial', 'host-unresolved', /EAI_FAIL/],
  [
    system('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:22'),
    'dial',
    'connect-refused',
    /^connection refused$/,
  ],
  [system('EHOSTUNREACH', 'connect EHOSTUNREACH 10.0.0.1:22'), 'dial', 'network-unreachable', /^no route/],
  [
    system('ENETUNREACH', 'connect ENETUNREACH 10.0.0.1:22'),
    'dial',
    'network-unreachable',
    /^network unreachable/,
  ],
  [system('EACCES', 'connect EACCES 10.0.0.255:22'), 'dial', 'network-unreachable', /EACCES/],
  [system('EMFILE', 'connect EMFILE 10.0.0.1:22'), 'dial', 'local-limit', /EMFILE/],
  [system('ETIMEDOUT', 'connect ETIMEDOUT 10.0.0.1:22'), 'dial', 'connect-timeout', /no answer/],
  [system('ECONNRESET', 'read ECONNRESET'), 'dial', 'connection-reset', /^connection reset$/],
  [system('ECONNRESET', 'read ECONNRESET'), 'greeting', 'connection-reset', /^connection reset$/],
  [system('ECONNRESET', 'read ECONNRESET'), 'login', 'connection-reset', /^connection reset$/],
  [system('ECONNRESET', 'read ECONNRESET'), 'exec', 'connection-lost', /^connection reset$/],
  [system('ETIMEDOUT', 'read ETIMEDOUT'), 'exec', 'connection-lost', /gave up waiting/],
  [system('EPIPE', 'write EPIPE'), 'exec', 'connection-lost', /closed by the node/],
  [new AggregateError([]), 'dial', 'network-unreachable', /^$/],
  [
    new AggregateError([
      system('ENETUNREACH', 'connect ENETUNREACH ::1'),
      system('ECONNREFUSED', 'connect ECONNREFUSED'),
    ]),
    'dial',
    'connect-refused',
    /refused/,
  ],
  [
    new AggregateError([
      system('ETIMEDOUT', 'connect ETIMEDOUT'),
      system('EHOSTUNREACH', 'connect EHOSTUNREACH'),
    ]),
    'dial',
    'connect-timeout',
    /no answer/,
  ],
  [ssh('Invalid identification string'), 'greeting', 'not-ssh', /Invalid/],
  [ssh('Header line too long'), 'greeting', 'not-ssh', /Header/],
  [
    ssh('Connection lost before handshake', 'protocol'),
    'greeting',
    'connection-reset',
    /^connection closed$/,
  ],
  [ssh('No response from server'), 'handshake', 'connection-reset', /^connection closed$/],
  [ssh('No response from server'), 'exec', 'connection-lost', /^connection closed$/],
  [
    ssh('Handshake failed: no matching key exchange algorithm', 'handshake'),
    'handshake',
    'handshake-failed',
    /no matching/,
  ],
  [
    ssh('Handshake failed: signature verification failed', 'handshake'),
    'handshake',
    'handshake-failed',
    /signature/,
  ],
  [
    ssh('Handshake failed: signature verification failed', 'handshake'),
    'exec',
    'connection-lost',
    /signature/,
  ],
  [ssh('Bad packet length'), 'exec', 'connection-lost', /Bad packet/],
  [ssh('Host denied (verification failed)', 'handshake'), 'handshake', 'handshake-failed', /denied/],
  [ssh('Timed out while waiting for handshake', 'client-timeout'), 'handshake', 'login-timeout', /Timed out/],
  [
    ssh('All configured authentication methods failed', 'client-authentication'),
    'login',
    'auth-failed',
    /All/,
  ],
  [ssh('Too many authentication failures'), 'login', 'auth-failed', /too many keys/],
  [ssh('Unable to exec'), 'exec', 'channel-refused', /refused/],
  [ssh('(SSH) Channel open failure: open failed'), 'exec', 'channel-refused', /open failed/],
  [ssh('Not connected'), 'exec', 'connection-lost', /closed/],
  [ssh('Keepalive timeout', 'client-timeout'), 'exec', 'connection-lost', /keep-alives/],
  [ssh('Server is going down for maintenance'), 'login', 'connection-reset', /maintenance/],
  [ssh('Server is going down for maintenance'), 'exec', 'connection-lost', /maintenance/],
  ['a string', 'handshake', 'handshake-failed', /^a string$/],
]

describe('an error of the network or of ssh2', () => {
  for (const [error, phase, code, words] of cases) {
    const text =
      error instanceof AggregateError
        ? `${error.errors.length} errors`
        : error instanceof Error
          ? error.message
          : String(error)
    it(`'${text}' in ${phase} is ${code}`, () => {
      const named = nameError(error, phase)
      expect(named.code).to.equal(code)
      expect(named.words).to.match(words)
      expect(hints).to.have.property(named.code)
    })
  }

  it('is a failed handshake whenever ssh2 says so before the login', () => {
    // Every message that ssh2's protocol code gives up with: doFatalError(protocol, 'message', …).
    const folder = join(dirname(createRequire(import.meta.url).resolve('ssh2')), 'protocol')
    const messages = readdirSync(folder)
      .filter(name => name.endsWith('.js'))
      .flatMap(name => [
        ...readFileSync(join(folder, name), 'utf8').matchAll(/doFatalError\(\s*[\w.]+,\s*['`]([^'`]+)/g),
      ])
      .map(([, message = '']) => message)
    expect(messages).to.have.length.above(40)
    for (const message of messages) {
      expect(nameError(ssh(message), 'handshake').code, message).to.equal('handshake-failed')
      expect(nameError(ssh(message), 'exec').code, message).to.equal('connection-lost')
    }
  })

  const passing: readonly (readonly [error: unknown, isPassing: boolean])[] = [
    [ssh('Agent responded with failure', 'agent'), true],
    [ssh('Error signing data with key: unsupported', 'client-authentication'), true],
    [ssh('All configured authentication methods failed', 'client-authentication'), false],
    [system('ECONNRESET', 'read ECONNRESET'), false],
  ]
  for (const [error, expected] of passing) {
    it(`${String(error)} ${expected ? 'does not end' : 'ends'} a login`, () => {
      expect(isPassing(error)).to.equal(expected)
    })
  }
})
