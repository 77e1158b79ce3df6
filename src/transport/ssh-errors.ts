import type { ErrorCode } from '../errors.ts'

/** How far a connection had come when the error was raised. */
export type Phase = 'dial' | 'greeting' | 'handshake' | 'login' | 'exec'

/**
 * Names an error of node:net, node:dns, ssh2 or node-ssh: the one place where their messages are read. Above it only
 * codes travel. `words` say what happened, without addresses.
 */
export const nameError = (
  error: unknown,
  phase: Phase,
): { readonly code: ErrorCode; readonly words: string } => {
  // Several addresses of one name failed: the one that came furthest tells most.
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors
      .map(one => nameError(one, phase))
      .reduce((best, one) => (progressOf(one.code) > progressOf(best.code) ? one : best))
  const text = textOf(error)
  const rule = rules.find(one => (one.phase === undefined || one.phase === phase) && one.pattern.test(text))
  if (!rule) return { code: fallback[phase], words: text }
  // Once a command runs, a broken packet or a failed re-keying is a broken link too.
  const own = phase === 'exec' && rule.code && !inExec.has(rule.code) ? undefined : rule.code
  return { code: own ?? lostIn[phase], words: rule.words ?? text }
}

/** Whether ssh2 goes on to the next key by itself after emitting this error. */
export const isPassing = (error: unknown): boolean =>
  (error instanceof Error && 'level' in error && error.level === 'agent') ||
  /^Error (?:while )?signing /.test(textOf(error))

const textOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return code === undefined || error.message.includes(code) ? error.message : `${code}: ${error.message}`
}

interface Rule {
  readonly pattern: RegExp
  /** Absent: in every phase. */
  readonly phase?: Phase
  /** Absent: the link broke, which has another code in every phase. */
  readonly code?: ErrorCode
  /** Absent: the message itself. */
  readonly words?: string
}

// The first rule that matches counts. Codes of the operating system stand in the messages of node:net and node:dns.
const rules: readonly Rule[] = [
  { pattern: /\bENOTFOUND\b/, code: 'host-unresolved', words: 'no such name (ENOTFOUND)' },
  { pattern: /\bEAI_AGAIN\b/, code: 'host-unresolved', words: 'the resolver does not answer (EAI_AGAIN)' },
  { pattern: /\bEAI_\w+\b/, code: 'host-unresolved' },
  { pattern: /\bECONNREFUSED\b/, code: 'connect-refused', words: 'connection refused' },
  { pattern: /\bEHOSTUNREACH\b/, code: 'network-unreachable', words: 'no route to the host' },
  { pattern: /\bENETUNREACH\b/, code: 'network-unreachable', words: 'network unreachable' },
  {
    pattern: /\b(?:ENETDOWN|EHOSTDOWN|EADDRNOTAVAIL|EACCES|EPERM|EINVAL|EAFNOSUPPORT)\b/,
    code: 'network-unreachable',
  },
  { pattern: /\bEMFILE\b/, code: 'local-limit', words: 'too many open files here (EMFILE)' },
  { pattern: /\b(?:ENFILE|ENOBUFS)\b/, code: 'local-limit' },
  { pattern: /\bETIMEDOUT\b/, phase: 'dial', code: 'connect-timeout', words: 'no answer (ETIMEDOUT)' },
  { pattern: /\bETIMEDOUT\b/, words: 'the network gave up waiting for an answer (ETIMEDOUT)' },
  { pattern: /\b(?:ECONNRESET|ECONNABORTED)\b/, words: 'connection reset' },
  { pattern: /\bEPIPE\b/, words: 'connection closed by the node (EPIPE)' },

  // ssh2: what came was no SSH identification (lib/protocol/Protocol.js, parseHeader).
  {
    pattern: /Invalid identification string|Invalid header|Header line too long|Max greeting lines/,
    code: 'not-ssh',
  },
  { pattern: /Connection lost before handshake|No response from server/, words: 'connection closed' },
  { pattern: /Keepalive timeout/, words: 'no answer to keep-alives' },
  { pattern: /Timed out while waiting for handshake/, code: 'login-timeout' },

  // ssh2, and OpenSSH's words in a disconnect message (packet.c, auth.c).
  { pattern: /All configured authentication methods failed/, code: 'auth-failed' },
  { pattern: /Too many authentication failures/i, code: 'auth-failed', words: 'too many keys were offered' },
  {
    pattern: /Bad packet length: \d+/,
    code: 'handshake-failed',
    words: 'it sent a longer message than the built-in client takes: a long Banner?',
  },
  { pattern: /no matching .*(?:algorithm|format|cipher|MAC)/i, code: 'handshake-failed' },
  { pattern: /Handshake failed|computing DH|Host denied|Host key does not match/, code: 'handshake-failed' },
  {
    pattern: /malformed|signature|Received (?:packet|unexpected|extra|EXT_INFO)|Bad packet|Invalid MAC/i,
    code: 'handshake-failed',
  },

  // ssh2's Client#exec. The number of a refused channel is RFC 4254 5.1's reason.
  { pattern: /Channel open failure/, code: 'channel-refused' },
  {
    pattern: /Unable to exec/,
    code: 'channel-refused',
    words: 'the request to run a command was refused',
  },
  { pattern: /No free channels available/, code: 'channel-refused' },
  { pattern: /Not connected|Channel is not open|Instance unusable/, words: 'connection closed' },
]

const inExec: ReadonlySet<ErrorCode> = new Set(['channel-refused', 'local-limit'])

const lostIn: Readonly<Record<Phase, ErrorCode>> = {
  dial: 'connection-reset',
  greeting: 'connection-reset',
  handshake: 'connection-reset',
  login: 'connection-reset',
  exec: 'connection-lost',
}

// What no rule knows: in a handshake it is mostly a broken packet, later mostly the words of a disconnect message.
const fallback: Readonly<Record<Phase, ErrorCode>> = {
  dial: 'network-unreachable',
  greeting: 'not-ssh',
  handshake: 'handshake-failed',
  login: 'connection-reset',
  exec: 'connection-lost',
}

const progressOf = (code: ErrorCode): number =>
  [
    'host-unresolved',
    'network-unreachable',
    'connect-timeout',
    'connection-reset',
    'connect-refused',
  ].indexOf(code)
