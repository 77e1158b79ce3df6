import { execFileSync } from 'node:child_process'
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect } from 'chai'
import { needs } from '../tools.ts'
import { strictVerifier } from '../../src/transport/strict-verifier.ts'
import { fleet } from './fleet.ts'
import { blobOf, makeEcdsaKey, makeKey, makeRsaKey } from './home.ts'
import { hostKey } from './server.ts'

const other = makeKey()
const [ecdsa, rsa] = [makeEcdsaKey(), makeRsaKey()]
const hashed = (name: string): string => {
  const salt = randomBytes(20)
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

describe('the host key', () => {
  const setup = fleet({ sshClient: 'builtin' })
  const { start, session, refusal } = setup

  // What known_hosts says about 127.0.0.1 at PORT, whose server has KEY; and what comes of it.
  const cases: readonly (readonly [
    name: string,
    lines: (port: number) => string,
    outcome: string | undefined,
  ])[] = [
    ['is accepted under the name with its port', port => `[127.0.0.1]:${port} ${hostKey.public}`, undefined],
    ['is accepted from a comma list', port => `db-1,[127.0.0.1]:${port} ${hostKey.public}`, undefined],
    [
      'is accepted under a hashed name',
      port => `${hashed(`[127.0.0.1]:${port}`)} ${hostKey.public}`,
      undefined,
    ],
    ['is accepted under a wildcard', () => `[127.0.0.?]:* ${hostKey.public}`, undefined],
    [
      'is accepted when it is known for the host without a port',
      () => `127.0.0.1 ${hostKey.public}`,
      undefined,
    ],
    [
      'is accepted when it is one of several',
      port => `[127.0.0.1]:${port} ${other.public}\n[127.0.0.1]:${port} ${hostKey.public}`,
      undefined,
    ],
    ['is unknown to an empty file', () => '', 'host-key-unknown'],
    ['is unknown at another port', () => `[127.0.0.1]:1 ${hostKey.public}`, 'host-key-unknown'],
    [
      'is unknown where a negation takes the name out',
      port => `[127.0.0.1]:*,![127.0.0.1]:${port} ${hostKey.public}`,
      'host-key-unknown',
    ],
    [
      'is unknown where only a certificate authority is known',
      port => `@cert-authority [127.0.0.1]:${port} ${hostKey.public}`,
      'host-key-unknown',
    ],
    [
      'is unknown where the line is broken',
      port => `[127.0.0.1]:${port} ssh-ed25519 AAAA`,
      'host-key-unknown',
    ],
    [
      'is unknown where another key is known for the host without a port',
      () => `127.0.0.1 ${other.public}`,
      'host-key-unknown',
    ],
    [
      'has changed when another of its type is known',
      port => `[127.0.0.1]:${port} ${other.public}`,
      'host-key-changed',
    ],
    [
      'has changed when only another type is known',
      port => `[127.0.0.1]:${port} ${rsa.public}`,
      'host-key-changed',
    ],
    [
      'has changed under a hashed name too',
      port => `${hashed(`[127.0.0.1]:${port}`)} ${other.public}`,
      'host-key-changed',
    ],
    ['is refused when it is revoked', () => `@revoked * ${hostKey.public}`, 'host-key-revoked'],
    [
      'is refused when it is revoked although another line knows it',
      port => `[127.0.0.1]:${port} ${hostKey.public}\n@revoked [127.0.0.1]:${port} ${hostKey.public}`,
      'host-key-revoked',
    ],
    // ssh overlooks this one: it looks without the port only for a key that it does not know with it.
    [
      'is refused when it is revoked for the host without a port',
      port => `[127.0.0.1]:${port} ${hostKey.public}\n@revoked 127.0.0.1 ${hostKey.public}`,
      'host-key-revoked',
    ],
    [
      'is not refused when another key is revoked',
      port => `@revoked * ${other.public}\n[127.0.0.1]:${port} ${hostKey.public}`,
      undefined,
    ],
  ]
  for (const [name, lines, outcome] of cases) {
    it(name, async () => {
      const { port, connections } = await start()
      setup.home.write('known_hosts', lines(port))
      if (outcome === undefined) await session(port)
      else expect(await refusal(port)).to.include({ code: outcome, stage: 'login' })
      expect(connections()).to.equal(1)
    })
  }

  it('is looked up in lower case', async () => {
    const { port } = await start()
    setup.home.write('known_hosts', `${hashed(`[localhost]:${port}`)} ${hostKey.public}`)
    await session(port, { node: { host: 'LocalHost' } })
  })

  it('is looked for in every given file, instead of the user’s own', async () => {
    const { port, knownHosts } = await start()
    const [empty, full] = [setup.home.write('empty', ''), setup.home.write('full', knownHosts)]
    await session(port, { options: { knownHostsFiles: [empty, full] } })
    expect((await refusal(port, { options: { knownHostsFiles: [empty] } })).code).to.equal('host-key-unknown')
  })

  it('is asked for by the type that is known', async () => {
    const { port } = await start({ hostKeys: [hostKey, ecdsa, rsa] })
    for (const key of [rsa, ecdsa, hostKey]) {
      setup.home.write('known_hosts', `[127.0.0.1]:${port} ${key.public}`)
      await session(port)
    }
  })

  it('is told with its fingerprint, and with the files it was not in', async () => {
    const { port } = await start()
    const file = setup.home.write('known_hosts', `@cert-authority * ${other.public}`)
    expect((await refusal(port)).sentence).to.equal(
      `node web-1: 127.0.0.1:${port} has ssh-ed25519 key ${fingerprint(hostKey.public)}, which is not in ${file} or ` +
        `/etc/ssh/ssh_known_hosts (looked up as [127.0.0.1]:${port}); the @cert-authority line at ${file}:1 ` +
        'is for OpenSSH’s client alone (--ssh-client openssh), and else the node’s plain key must be known',
    )
  })

  it('is told with the old key and its line when it has changed', async () => {
    const { port } = await start()
    const file = setup.home.write('known_hosts', `# a comment\n\n[127.0.0.1]:${port} ${other.public} old\n`)
    expect((await refusal(port)).sentence).to.equal(
      `node web-1: 127.0.0.1:${port} has ssh-ed25519 key ${fingerprint(hostKey.public)}, but known is ` +
        `ssh-ed25519 key ${fingerprint(other.public)} at ${file}:3 (looked up as [127.0.0.1]:${port})`,
    )
  })

  it('has the fingerprint that ssh-keygen prints', async function () {
    needs(this, 'ssh-keygen')
    const { port } = await start()
    const file = setup.home.write('key.pub', hostKey.public)
    setup.home.write('known_hosts', '')
    const [, printed = ''] = execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).split(' ')
    expect(printed).to.match(/^SHA256:/)
    expect((await refusal(port)).sentence).to.include(`key ${printed},`)
  })

  it('is unknown for want of a known_hosts file of the user', async () => {
    const { port } = await start()
    const home = join(setup.home.path, 'nobody')
    expect(
      (
        await refusal(port, {
          options: { home, privateKeyFiles: [join(setup.home.path, '.ssh/id_ed25519')] },
        })
      ).code,
    ).to.equal('host-key-unknown')
  })
})

describe('the strict verifier', () => {
  // Each of these lets a node in when it is given to ssh2 as it is.
  const answers: Readonly<Record<string, () => unknown>> = {
    'a promise of false': async () => false,
    'a promise of true': async () => true,
    undefined: () => undefined,
    null: () => null,
    zero: () => 0,
    'an object': () => ({}),
    false: () => false,
  }
  for (const [name, answer] of Object.entries(answers)) {
    it(`refuses at ${name}`, () => {
      const verdicts: boolean[] = []
      const returned: unknown = strictVerifier(answer)(blobOf(other), verdict => verdicts.push(verdict))
      // A returned value would count as a second verdict for ssh2.
      expect([returned, verdicts]).to.deep.equal([undefined, [false]])
    })
  }

  it('refuses at an exception', () => {
    const verdicts: boolean[] = []
    const verify = strictVerifier(() => {
      throw new Error('no such file')
    })
    expect(() => verify(blobOf(other), verdict => verdicts.push(verdict))).to.throw('no such file')
    expect(verdicts).to.deep.equal([false])
  })

  it('accepts at true', () => {
    const verdicts: boolean[] = []
    strictVerifier(() => true)(blobOf(other), verdict => verdicts.push(verdict))
    expect(verdicts).to.deep.equal([true])
  })
})

const fingerprint = (publicKey: string): string => {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}
