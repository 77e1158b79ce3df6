import { writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { readKnownHosts } from '../../../src/transport/known-hosts.ts'
import { reasonsFinder } from '../../../src/transport/openssh/reasons.ts'
import { chooser, clientSentences } from '../../../src/transport/openssh/ways.ts'
import { reachOf } from '../../../src/transport/reach.ts'
import { settingsOf } from '../../../src/transport/settings/answer.ts'
import { type Home, makeHome, makeKey } from '../home.ts'

interface Case {
  readonly name: string
  /** Lines of `ssh -G` beside host, user and port. */
  readonly says?: readonly string[]
  /** Files below ~/.ssh. */
  readonly files?: Readonly<Record<string, string>>
  /** Key files that are named, below ~/.ssh. */
  readonly keys?: readonly string[]
  /** Whether somebody has logged in by Kerberos. */
  readonly ticket?: true
  /** Absent: ours does. HOME stands for the home. */
  readonly why?: readonly string[]
}

const plain = makeKey().private
const token = `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.from(
  'openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none\0\0\0\0\0\0\0\x01\0\0\0J\0\0\0\x1ask-ssh-ed25519@openssh.com\0\0\0\x20',
  'latin1',
).toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
const hostKey = makeKey().public
const usual = { id_ed25519: plain }
const postQuantum = 'sntrup761x25519-sha512@openssh.com'

const cases: readonly Case[] = [
  { name: 'nothing special', files: usual },
  { name: 'no key at all' },
  { name: 'GSSAPI by the distribution', says: ['gssapiauthentication yes'], files: usual },
  {
    name: 'GSSAPI and no key, but a ticket',
    says: ['gssapiauthentication yes'],
    ticket: true,
    why: ['GSSAPIAuthentication, as there is a Kerberos ticket and no key'],
  },
  {
    name: 'GSSAPI by the distribution, and neither key nor ticket',
    says: ['gssapiauthentication yes'],
  },
  {
    name: 'GSSAPI before keys',
    says: ['gssapiauthentication yes', 'preferredauthentications gssapi-with-mic,publickey'],
    files: usual,
    why: ['GSSAPIAuthentication'],
  },
  {
    name: 'GSSAPI after keys',
    says: ['gssapiauthentication yes', 'preferredauthentications publickey,gssapi-with-mic'],
    files: usual,
  },
  {
    name: 'GSSAPI and no keys wanted',
    says: ['gssapiauthentication yes', 'pubkeyauthentication false'],
    files: usual,
    why: ['GSSAPIAuthentication'],
  },
  {
    name: 'a certificate that is named',
    says: ['certificatefile ~/.ssh/ada-cert.pub'],
    files: usual,
    why: ['CertificateFile'],
  },
  {
    name: 'a certificate beside a usual key',
    files: { ...usual, 'id_ed25519-cert.pub': 'cert' },
    why: ['certificate HOME/.ssh/id_ed25519-cert.pub'],
  },
  {
    name: 'a certificate beside a key that is not used',
    files: { ...usual, deploy: plain, 'id_ed25519-cert.pub': 'cert' },
    keys: ['deploy'],
  },
  {
    name: 'a FIDO key beside a plain one, by usual names',
    files: { ...usual, id_ed25519_sk: token },
  },
  { name: 'a FIDO key alone', files: { id_ed25519_sk: token }, why: ['FIDO key HOME/.ssh/id_ed25519_sk'] },
  {
    name: 'a FIDO key that is named',
    files: { ...usual, token },
    keys: ['token'],
    why: ['FIDO key HOME/.ssh/token'],
  },
  {
    name: 'a FIDO key of the configuration, by its public half',
    says: ['identityfile HOME/.ssh/token', 'identitiesonly yes'],
    files: { token: 'a handle', 'token.pub': 'sk-ssh-ed25519@openssh.com AAAA' },
    why: ['FIDO key HOME/.ssh/token'],
  },
  { name: 'a token', says: ['pkcs11provider /usr/lib/p11.so'], files: usual, why: ['PKCS11Provider'] },
  { name: 'no token', says: ['pkcs11provider none'], files: usual },
  {
    name: 'key exchange that only it knows',
    says: [`kexalgorithms ${postQuantum},mlkem768x25519-sha256`],
    files: usual,
    why: ['KexAlgorithms'],
  },
  {
    name: 'key exchange that it knows better',
    says: [`kexalgorithms ${postQuantum},curve25519-sha256`],
    files: usual,
  },
  {
    name: 'ciphers that only it has',
    says: ['ciphers aes256-cbc', 'macs hmac-sha2-256'],
    files: usual,
    why: ['Ciphers'],
  },
  {
    name: 'MACs that only it has, where they count',
    says: ['ciphers aes256-ctr', 'macs umac-128-etm@openssh.com'],
    files: usual,
    why: ['MACs'],
  },
  {
    name: 'MACs that only it has, where they do not',
    says: ['ciphers aes256-gcm@openssh.com', 'macs umac-128-etm@openssh.com'],
    files: usual,
  },
  {
    name: 'certificates of hosts only',
    says: ['hostkeyalgorithms ssh-ed25519-cert-v01@openssh.com'],
    files: usual,
    why: ['HostKeyAlgorithms'],
  },
  {
    name: 'an authority for hosts',
    files: { ...usual, known_hosts: `@cert-authority *.example ${hostKey}` },
    why: ['@cert-authority at HOME/.ssh/known_hosts:1'],
  },
  {
    name: 'an authority for other hosts',
    files: { ...usual, known_hosts: `@cert-authority *.test ${hostKey}` },
  },
  {
    name: 'an authority, and a plain key that is known',
    files: { ...usual, known_hosts: `@cert-authority *.example ${hostKey}\nweb.example ${hostKey}` },
  },
  {
    name: 'an authority by an alias',
    says: ['hostkeyalias web.test'],
    files: { ...usual, known_hosts: `@cert-authority *.test ${hostKey}` },
    why: ['@cert-authority at HOME/.ssh/known_hosts:1'],
  },
  {
    name: 'a command that knows host keys',
    says: ['knownhostscommand /bin/keys'],
    files: usual,
    why: ['KnownHostsCommand'],
  },
  { name: 'an address to come from', says: ['bindaddress 192.0.2.1'], files: usual, why: ['BindAddress'] },
]

describe('the client auto takes', () => {
  let home: Home
  const cache = process.env['KRB5CCNAME']
  beforeEach(() => {
    home = makeHome()
    process.env['KRB5CCNAME'] = `FILE:${home.path}/ticket`
  })
  afterEach(() => {
    if (cache === undefined) delete process.env['KRB5CCNAME']
    else process.env['KRB5CCNAME'] = cache
    home.remove()
  })

  const reach = (says: readonly string[], keys: readonly string[] = []) => {
    const text = ['hostname web.example', 'user ada', 'port 22', ...says].join('\n')
    const settings = settingsOf(text.replaceAll('HOME', home.path))
    if (!settings) throw new Error('no settings')
    return reachOf(settings, 'web', {
      home: home.path,
      agentSocket: '',
      privateKeyFiles: keys.map(name => `${home.path}/.ssh/${name}`),
    })
  }
  const reasons = () => reasonsFinder({ knownHosts: readKnownHosts, home: home.path, agentSeconds: 1 })
  // What ssh says where nothing names a key.
  const usualKeys = ['identityfile ~/.ssh/id_rsa', 'identityfile ~/.ssh/id_ed25519']

  for (const { name, says = [], files = {}, keys, ticket, why = [] } of cases)
    it(`for ${name} is ${why.length > 0 ? `OpenSSH’s: ${why.join(', ')}` : 'the builtin one'}`, async () => {
      if (ticket) writeFileSync(`${home.path}/ticket`, '')
      for (const [file, text] of Object.entries(files)) home.write(file, text)
      const asked = says.some(line => line.startsWith('identityfile ')) ? says : [...usualKeys, ...says]
      const found = await reasons()(reach(asked, keys))
      expect(found).to.deep.equal(why.map(one => one.replaceAll('HOME', home.path)))
    })

  it('is that of the jump hosts too, and a circle of them ends', async () => {
    home.write('id_ed25519', plain)
    const hops: Readonly<Record<string, readonly string[]>> = {
      first: ['proxyjump second', 'certificatefile x'],
      second: ['proxyjump first', 'pkcs11provider y'],
    }
    const choose = chooser(reasons(), hop =>
      Promise.resolve({ reach: reach([...usualKeys, ...(hops[hop.host] ?? [])]) }),
    )
    const request = { hopWords: [], hasPassword: false, wanted: 'auto' } as const
    const client = await choose({ ...request, reach: reach([...usualKeys, 'proxyjump first']) })
    const why = ['CertificateFile (jump host first)', 'PKCS11Provider (jump host second)']
    expect(client).to.deep.equal({ by: 'openssh', why })
    const other = await choose({ ...request, reach: reach(usualKeys) })
    expect(other).to.deep.equal({ by: 'builtin', isFirst: true })
    expect(
      clientSentences([
        { name: 'web-1', client },
        { name: 'web-2', client: other },
        { name: 'web-3', client },
        { name: 'web-4', client: { by: 'openssh', why: ['CertificateFile'] } },
      ]),
    ).to.deep.equal([
      `2 nodes go by the OpenSSH client: ${why.join(', ')}`,
      'node web-4 goes by the OpenSSH client: CertificateFile',
    ])
  })

  it('is the one that is asked for, but for a password only ours', async () => {
    home.write('id_ed25519', plain)
    const choose = chooser(reasons(), () => Promise.resolve({ trouble: undefined }))
    const request = { reach: reach(['certificatefile x']), hopWords: [] }
    expect(await choose({ ...request, wanted: 'builtin', hasPassword: false })).to.include({ by: 'builtin' })
    expect(await choose({ ...request, wanted: 'openssh', hasPassword: false })).to.deep.equal({
      by: 'openssh',
      why: [],
    })
    expect(await choose({ ...request, wanted: 'auto', hasPassword: true })).to.include({ by: 'builtin' })
  })
})
