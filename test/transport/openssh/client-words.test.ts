import { expect } from 'chai'
import { hints } from '../../../src/errors.ts'
import { nameClientWords } from '../../../src/transport/openssh/client-words.ts'
import { eventOf, lineReader } from '../../../src/transport/openssh/log-lines.ts'
import type { Phase } from '../../../src/transport/ssh-errors.ts'

// What OpenSSH 9.2 said, on lines of its own.
const cases: readonly (readonly [said: string, phase: Phase, code: string, words: RegExp])[] = [
  [
    'ssh: Could not resolve hostname web: Name or service not known',
    'dial',
    'host-unresolved',
    /^no such name$/,
  ],
  [
    'ssh: Could not resolve hostname web: Temporary failure in name resolution',
    'dial',
    'host-unresolved',
    /resolver does not answer/,
  ],
  ['ssh: connect to host web port 22: Connection refused', 'dial', 'connect-refused', /^connection refused$/],
  ['ssh: connect to host web port 22: No route to host', 'dial', 'network-unreachable', /^no route/],
  ['ssh: connect to host web port 22: Network is unreachable', 'dial', 'network-unreachable', /^network unr/],
  ['ssh: connect to host web port 22: Connection timed out', 'dial', 'connect-timeout', /no answer/],
  ['ssh: connect to host web port 22: Permission denied', 'dial', 'network-unreachable', /Permission denied/],
  ['socket: Too many open files', 'dial', 'local-limit', /Too many open files/],
  [
    '/etc/ssh/ssh_config line 53: Unsupported option "gssapiauthentication"\nssh: connect to host web port 22: Connection refused',
    'dial',
    'connect-refused',
    /refused/,
  ],
  ['/home/ada/.ssh/config line 3: missing argument.', 'dial', 'ssh-config-refused', /line 3: missing/],
  ['command-line: line 0: Bad configuration option: nosuch', 'dial', 'ssh-config-refused', /nosuch/],
  ['Bad owner or permissions on /home/ada/.ssh/config', 'dial', 'ssh-config-refused', /permissions/],
  [
    'kex_exchange_identification: Connection closed by remote host\nConnection closed by 192.0.2.1 port 22',
    'greeting',
    'connection-reset',
    /^connection closed$/,
  ],
  [
    'kex_exchange_identification: read: Connection reset by peer\nConnection reset by 192.0.2.1 port 22',
    'greeting',
    'connection-reset',
    /^connection reset$/,
  ],
  ['Connection timed out during banner exchange', 'greeting', 'banner-timeout', /banner exchange/],
  [
    'banner exchange: Connection to 192.0.2.1 port 22: invalid format',
    'greeting',
    'not-ssh',
    /invalid format/,
  ],
  ['Protocol major versions differ: 2 vs. 1', 'greeting', 'not-ssh', /versions differ/],
  [
    'Unable to negotiate with 192.0.2.1 port 22: no matching key exchange method found. Their offer: x',
    'handshake',
    'handshake-failed',
    /Their offer: x/,
  ],
  [
    'Unable to negotiate with 192.0.2.1 port 22: no matching host key type found. Their offer: ssh-rsa',
    'handshake',
    'handshake-failed',
    /ssh-rsa/,
  ],
  ['Bad packet length 4294967295.', 'handshake', 'handshake-failed', /Bad packet/],
  [
    'ssh_dispatch_run_fatal: Connection to 192.0.2.1 port 22: incorrect signature',
    'handshake',
    'handshake-failed',
    /signature/,
  ],
  [
    'No ED25519 host key is known for web and you have requested strict checking.\nHost key verification failed.',
    'handshake',
    'host-key-unknown',
    /No ED25519/,
  ],
  [
    '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nOffending RSA key in /k:1\nHost key for web has changed and you have requested strict checking.\nHost key verification failed.',
    'handshake',
    'host-key-changed',
    /CHANGED/,
  ],
  [
    '@       WARNING: REVOKED HOST KEY DETECTED!               @\nThe ED25519 host key for web is marked as revoked.\nHost key verification failed.',
    'handshake',
    'host-key-revoked',
    /REVOKED/,
  ],
  ['Connection closed by 192.0.2.1 port 22', 'handshake', 'connection-reset', /^connection closed$/],
  ['ada@web: Permission denied (publickey,password).', 'login', 'auth-failed', /publickey,password/],
  [
    'Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures',
    'login',
    'auth-failed',
    /too many keys/,
  ],
  ['Connection closed by authenticating user ada 192.0.2.1 port 22', 'login', 'connection-reset', /closed/],
  ['Received disconnect from 192.0.2.1 port 22:11: maintenance', 'login', 'connection-reset', /maintenance/],
  ['Timeout, server 192.0.2.1 not responding.', 'exec', 'connection-lost', /keep-alives/],
  ['Connection to 192.0.2.1 closed by remote host.', 'exec', 'connection-lost', /^connection closed$/],
  ['client_loop: send disconnect: Broken pipe', 'exec', 'connection-lost', /closed by the node/],
  [
    'Read from remote host 192.0.2.1: Connection reset by peer',
    'exec',
    'connection-lost',
    /^connection reset$/,
  ],
  ['Corrupted MAC on input.', 'exec', 'connection-lost', /Corrupted MAC/],
  ['exec request failed on channel 2', 'exec', 'channel-refused', /request to run a command was refused/],
  ['open failed: administratively prohibited: open failed', 'exec', 'channel-refused', /prohibited/],
  ['', 'login', 'connection-reset', /ssh said nothing/],
  ['something new', 'handshake', 'handshake-failed', /^something new$/],
]

describe('what an OpenSSH client says', () => {
  for (const [said, phase, code, words] of cases)
    it(`'${said.split('\n')[0]}' in ${phase} is ${code}`, () => {
      const named = nameClientWords(said, phase)
      expect(named.code).to.equal(code)
      expect(named.words).to.match(words)
      expect(hints).to.have.property(named.code)
    })

  const lines: readonly (readonly [line: string, event: unknown])[] = [
    ['debug1: Connecting to web [192.0.2.1] port 22.', { saw: 'dialling' }],
    ['debug1: Executing proxy command: exec nc web 22', { saw: 'dialling' }],
    ['debug1: Connection established.', { saw: 'connected' }],
    ['debug1: kex_exchange_identification: banner line 0: 220 mail', { saw: 'greeting', text: '220 mail' }],
    ['debug1: Remote protocol version 2.0, remote software version OpenSSH_9.2', { saw: 'identified' }],
    [
      'debug1: Remote protocol version 1.5, remote software version old',
      { saw: 'greeting', text: 'SSH-1.5-old' },
    ],
    [
      'debug1: Server host certificate: ssh-ed25519-cert-v01@openssh.com SHA256:abc, serial 0 ID "x"',
      { saw: 'host-key', key: 'ssh-ed25519-cert-v01@openssh.com key SHA256:abc' },
    ],
    ['debug1: SSH2_MSG_NEWKEYS received', { saw: 'keys-exchanged' }],
    ['debug1: Offering public key: /k RSA SHA256:abc explicit', { saw: 'offer', key: '/k' }],
    [
      'debug1: Offering public key: ada at work ED25519 SHA256:abc agent',
      { saw: 'offer', key: 'ada at work' },
    ],
    ['debug1: Sending command: exec sh', { saw: 'opened' }],
    [
      'channel 2: open failed: connect failed: Connection refused',
      { saw: 'refused', channel: '2', words: 'connect failed: Connection refused' },
    ],
    ['debug1: channel 2: new stdio-forward [stdio-forward]', { saw: 'forward-channel', channel: '2' }],
    ['debug1: channel 2: new [stdio-forward]', { saw: 'forward-channel', channel: '2' }],
    ['debug1: pledge: id', undefined],
    ['', undefined],
    ['Host key verification failed.', { saw: 'words', text: 'Host key verification failed.' }],
  ]
  for (const [line, event] of lines)
    it(`in the line '${line}' is ${event ? JSON.stringify(event) : 'nothing'}`, () => {
      expect(eventOf(line)).to.deep.equal(event)
    })

  it('is cut into lines, long ones cut off', () => {
    const heard: string[] = []
    const read = lineReader(line => heard.push(line))
    for (const chunk of ['one\r\nt', 'wo\n', 'x'.repeat(10_000), 'y\nlast']) read(chunk)
    expect(heard.map(line => line.length)).to.deep.equal([3, 3, 4096])
  })
})
