import type { ErrorCode } from '../../errors.ts'
import type { Phase } from '../ssh-errors.ts'

/**
 * Names what an OpenSSH client says when it gives up: the one place where its words are read. They are English in every
 * locale. `words` say what happened, without addresses.
 */
export const nameClientWords = (
  said: string,
  phase: Phase,
): { readonly code: ErrorCode; readonly words: string } => {
  const rule = rules.find(one => (one.phases?.includes(phase) ?? true) && one.pattern.test(said))
  const words = rule?.words ?? lastOf(said, rule?.pattern)
  const own = phase === 'exec' && rule?.code && !inExec.has(rule.code) ? undefined : rule?.code
  return { code: own ?? (rule ? lostIn : fallback)[phase], words }
}

// The line that the rule is about, without the name of the function that says it.
const lastOf = (said: string, pattern: RegExp | undefined): string => {
  const lines = said
    .trim()
    .split('\n')
    .map(line => line.trim())
  const line = (pattern && lines.find(one => pattern.test(one))) ?? lines.at(-1) ?? ''
  return line === '' ? 'ssh said nothing' : line.replace(/^(?:ssh|\w+_\w+(?: \[\w+\])?|mux\w*): /, '')
}

interface Rule {
  readonly pattern: RegExp
  /** Absent: in every phase. */
  readonly phases?: readonly Phase[]
  /** Absent: the link broke, which has another code in every phase. */
  readonly code?: ErrorCode
  /** Absent: the line itself. */
  readonly words?: string
}

const dialling: readonly Phase[] = ['dial']
const early: readonly Phase[] = ['dial', 'greeting']

// The first rule that matches counts.
const rules: readonly Rule[] = [
  {
    pattern:
      /Bad configuration option|bad configuration options|Bad owner or permissions on|Can't open user config/i,
    code: 'ssh-config-refused',
  },
  { pattern: /unix_listener: .* too long|ControlPath too long/, code: 'ssh-config-refused' },
  {
    pattern: /Could not resolve hostname .*: Temporary failure/,
    code: 'host-unresolved',
    words: 'the resolver does not answer',
  },
  { pattern: /Could not resolve hostname/, code: 'host-unresolved', words: 'no such name' },
  { pattern: /Too many open files|No buffer space|Cannot allocate memory/, code: 'local-limit' },

  // The host's key, before what ssh says of every one that it does not take.
  { pattern: /REVOKED HOST KEY|[Hh]ost key .* revoked/, code: 'host-key-revoked' },
  { pattern: /HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/, code: 'host-key-changed' },
  { pattern: /No .* host key is known for|Host key verification failed/, code: 'host-key-unknown' },

  { pattern: /Connection refused/, phases: early, code: 'connect-refused', words: 'connection refused' },
  { pattern: /No route to host/, phases: early, code: 'network-unreachable', words: 'no route to the host' },
  {
    pattern: /Network is unreachable/,
    phases: early,
    code: 'network-unreachable',
    words: 'network unreachable',
  },
  { pattern: /timed out during banner exchange/, code: 'banner-timeout' },
  {
    pattern: /(?:Connection|Operation) timed out/,
    phases: dialling,
    code: 'connect-timeout',
    words: 'no answer (timed out)',
  },
  { pattern: /connect to (?:host|address) /, phases: dialling, code: 'network-unreachable' },

  // After whatever it went on to: that it does not support an option it says, too.
  {
    pattern: /^\S+:? line \d+: (?!Unsupported|Deprecated)/m,
    phases: dialling,
    code: 'ssh-config-refused',
  },

  {
    pattern:
      /Protocol major versions differ|invalid (?:format|protocol)|invalid characters|No SSH (?:identification|protocol)|no SSH identification/i,
    phases: early,
    code: 'not-ssh',
  },

  {
    pattern: /no matching .*(?:method|type|cipher|MAC|algorithm)|no mutual signature/i,
    code: 'handshake-failed',
  },
  { pattern: /incorrect signature|Invalid key length|server refused .* key type/i, code: 'handshake-failed' },
  {
    pattern:
      /[Bb]ad packet length|padding error|message authentication code|Corrupted MAC|invalid format|(?:unexpected|incomplete) message|packet.*(?:big|corrupt)|error in libcrypto/,
    phases: ['handshake', 'exec'],
    code: 'handshake-failed',
  },

  { pattern: /Too many authentication failures/i, code: 'auth-failed', words: 'too many keys were offered' },
  { pattern: /Permission denied \(/, code: 'auth-failed' },

  {
    pattern: /exec request failed on channel/,
    code: 'channel-refused',
    words: 'the request to run a command was refused',
  },
  { pattern: /open failed|Session open refused/, code: 'channel-refused' },

  { pattern: /Timeout, server .* not responding/, words: 'no answer to keep-alives' },
  { pattern: /Connection reset/, words: 'connection reset' },
  { pattern: /Broken pipe/, words: 'connection closed by the node' },
  { pattern: /Received disconnect from .*?:\d+: (?=.)/ },
  { pattern: /[Cc]onnection (?:to \S+ )?closed|Disconnected from/, words: 'connection closed' },
  // ConnectTimeout and keep-alives hold for the key exchange and the login too.
  { pattern: /timed out/, phases: ['handshake', 'login'], code: 'login-timeout', words: 'no answer in time' },
  { pattern: /timed out/, words: 'the network gave up waiting for an answer' },
]

const inExec: ReadonlySet<ErrorCode> = new Set(['channel-refused', 'local-limit'])

const lostIn: Readonly<Record<Phase, ErrorCode>> = {
  dial: 'connection-reset',
  greeting: 'connection-reset',
  handshake: 'connection-reset',
  login: 'connection-reset',
  exec: 'connection-lost',
}

const fallback: Readonly<Record<Phase, ErrorCode>> = {
  dial: 'network-unreachable',
  greeting: 'not-ssh',
  handshake: 'handshake-failed',
  login: 'connection-reset',
  exec: 'connection-lost',
}
