/** What one line of an OpenSSH client’s log (LogLevel DEBUG1) tells. */
export type LogEvent =
  /** It goes to the next address of the host; or a command is to give the way. */
  | { readonly saw: 'dialling' }
  | { readonly saw: 'connected' }
  /** A line of the server that is no identification. */
  | { readonly saw: 'greeting'; readonly text: string }
  | { readonly saw: 'identified' }
  | { readonly saw: 'host-key'; readonly key: string }
  /** A new host key went into known_hosts, or could not. */
  | { readonly saw: 'learnt' }
  | { readonly saw: 'not-learnt'; readonly words: string }
  | { readonly saw: 'keys-exchanged' }
  | { readonly saw: 'offer'; readonly key: string }
  | { readonly saw: 'accepts'; readonly methods: string }
  /** A channel is open and the command is sent. */
  | { readonly saw: 'opened' }
  | { readonly saw: 'refused'; readonly channel: string; readonly words: string }
  | { readonly saw: 'status' }
  | { readonly saw: 'signal' }
  /** A way to `host:port` is asked for, and then its channel. */
  | { readonly saw: 'forward'; readonly to: string }
  | { readonly saw: 'forward-channel'; readonly channel: string }
  /** It is meant for people. */
  | { readonly saw: 'words'; readonly text: string }

/** Reads a line; undefined where it tells nothing we ask for. */
export const eventOf = (line: string): LogEvent | undefined => {
  for (const [pattern, make] of rules) {
    const match = pattern.exec(line)
    if (match) return make(match[1] ?? '', match[2] ?? '')
  }
  const text = line.trim()
  return text === '' || /^(?:debug\d: |Authenticated to )/.test(text) ? undefined : { saw: 'words', text }
}

type Make = (first: string, second: string) => LogEvent

// The client’s words since OpenSSH 7.6 (sshconnect.c, kex.c, sshconnect2.c, clientloop.c, mux.c, channels.c).
const rules: readonly (readonly [RegExp, Make])[] = [
  [/^debug1: (?:Connecting to |Executing proxy )/, () => ({ saw: 'dialling' })],
  [/^debug1: Connection established\./, () => ({ saw: 'connected' })],
  // debug1: kex_exchange_identification: banner line 0: HTTP/1.1 400 Bad Request
  [
    /^debug1: (?:\w+: banner line \d+|ssh_exchange_identification): (.*)$/,
    text => ({ saw: 'greeting', text }),
  ],
  [/^debug1: Remote protocol version (?:2\.0|1\.99), /, () => ({ saw: 'identified' })],
  [
    /^debug1: Remote protocol version (\S+), remote software version (.*)$/,
    (version, software) => ({ saw: 'greeting', text: `SSH-${version}-${software}` }),
  ],
  [
    /^debug1: Server host (?:key|certificate): (\S+) (SHA256:[^\s,]+)/,
    (type, fingerprint) => ({ saw: 'host-key', key: `${type} key ${fingerprint}` }),
  ],
  // Warning: Permanently added '[10.0.0.17]:2222' (ED25519) to the list of known hosts.
  [/^Warning: Permanently added .* to the list of known hosts\.$/, () => ({ saw: 'learnt' })],
  [/^(Failed to add the host to the list of known hosts .*)$/, words => ({ saw: 'not-learnt', words })],
  [/^debug1: SSH2_MSG_NEWKEYS received/, () => ({ saw: 'keys-exchanged' })],
  [/^debug1: Offering public key: (.*?)(?: [\w-]+ SHA256:\S+.*)?$/, key => ({ saw: 'offer', key })],
  [/^debug1: Authentications that can continue: (.*)$/, methods => ({ saw: 'accepts', methods })],
  [/^debug1: Sending (?:command|subsystem): /, () => ({ saw: 'opened' })],
  [/^channel (\d+): open failed: (.*)$/, (channel, words) => ({ saw: 'refused', channel, words })],
  [/^debug1: client_input_channel_req: channel \d+ rtype exit-status /, () => ({ saw: 'status' })],
  [/^debug1: client_input_channel_req: channel \d+ rtype exit-signal /, () => ({ saw: 'signal' })],
  [/^debug1: channel_connect_stdio_fwd:? (\S+:\d+)/, to => ({ saw: 'forward', to })],
  [/^debug1: channel (\d+): new \[?stdio-forward/, channel => ({ saw: 'forward-channel', channel })],
]

/** Cuts what comes into lines; one that is too long is cut. */
export const lineReader = (hear: (line: string) => void): ((chunk: string) => void) => {
  let rest = ''
  return chunk => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = (lines.pop() ?? '').slice(0, lineCharacters)
    for (const line of lines) hear(line.slice(0, lineCharacters).replace(/\r$/, ''))
  }
}

const lineCharacters = 4096
