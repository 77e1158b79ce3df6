import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type PrivateKey, readPrivateKey } from '../../src/transport/private-key.ts'
import { Secret } from '../../src/model/secret.ts'
import { openTransport } from '../../src/transport/transport.ts'
import { needs } from '../tools.ts'
import { startAgent, type TestAgent } from './agent-server.ts'
import { fleet, nodeAt } from './fleet.ts'
import { blobOf, makeKey } from './home.ts'
import { isSigned } from './server.ts'

describe('a private key file', () => {
  const setup = fleet({ sshClient: 'builtin' })
  const { start, session, refusal } = setup
  let agent: TestAgent | undefined
  afterEach(() => {
    agent?.close()
    agent = undefined
  })

  const made = (...args: readonly string[]): string => {
    const file = join(setup.home.path, 'made')
    execFileSync('ssh-keygen', ['-q', '-f', file, '-C', 'made', ...args])
    return file
  }

  const formats: Readonly<Record<string, readonly string[]>> = {
    Ed25519: ['-t', 'ed25519', '-N', ''],
    'ECDSA of 256 bits': ['-t', 'ecdsa', '-b', '256', '-N', ''],
    'ECDSA of 384 bits': ['-t', 'ecdsa', '-b', '384', '-N', ''],
    'ECDSA of 521 bits': ['-t', 'ecdsa', '-b', '521', '-N', ''],
    'ECDSA as PEM': ['-t', 'ecdsa', '-m', 'PEM', '-N', ''],
    RSA: ['-t', 'rsa', '-b', '2048', '-N', ''],
    'RSA as PEM': ['-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', ''],
    'RSA as PKCS 8': ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8', '-N', ''],
    'ECDSA as PKCS 8': ['-t', 'ecdsa', '-m', 'PKCS8', '-N', ''],
  }
  for (const [name, args] of Object.entries(formats)) {
    it(`of ssh-keygen opens a session: ${name}`, async function () {
      needs(this, 'ssh-keygen')
      const file = made(...args)
      const { port } = await start()
      await session(port, { options: { privateKeyFiles: [file] } })
      expect(readPrivateKey(file).state).to.equal('usable')
    })
  }

  const locked: Readonly<Record<string, readonly string[]>> = {
    'OpenSSH’s format': ['-t', 'ed25519', '-N', 'secret'],
    PEM: ['-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'secret'],
    'PKCS 8': ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8', '-N', 'secret'],
  }
  for (const [name, args] of Object.entries(locked)) {
    it(`that is encrypted in ${name} shows its public half`, function () {
      needs(this, 'ssh-keygen')
      const file = made(...args)
      const key = readPrivateKey(file)
      if (key.state !== 'encrypted') expect.fail(key.state)
      const [, blob = ''] = execFileSync('ssh-keygen', ['-yf', file, '-P', 'secret'], {
        encoding: 'utf8',
      }).split(' ')
      expect(key.blob?.toString('base64')).to.equal(blob.trim())
    })
  }

  for (const [name, args] of Object.entries(locked)) {
    it(`that is encrypted in ${name} opens with its passphrase, which is asked for once`, async function () {
      needs(this, 'ssh-keygen')
      const file = made(...args)
      const { port, knownHosts } = await start()
      setup.home.write('known_hosts', knownHosts)
      const asked: string[] = []
      const { connect } = openTransport({
        home: setup.home.path,
        agentSocket: '',
        user: 'ada',
        privateKeyFiles: [file],
        unlock: async (path, attempt) => {
          asked.push(path)
          return { passphrase: new Secret(attempt === 1 ? 'wrong' : 'secret'), isLast: attempt === 3 }
        },
      })
      const opened = await Promise.all(
        [1, 2, 3].map(() => connect(nodeAt(port), new AbortController().signal)),
      )
      for (const one of opened) {
        if ('error' in one) expect.fail(one.error.sentence)
        one.session.close()
      }
      expect(asked).to.deep.equal([file, file])
    })
  }

  it('that is encrypted is given up after the last try, and the sentence holds no passphrase', async function () {
    needs(this, 'ssh-keygen')
    const file = made('-t', 'ed25519', '-N', 'secret')
    let tries = 0
    const error = await refusal(1, {
      options: {
        privateKeyFiles: [file],
        unlock: async (_, attempt) => {
          tries++
          return { passphrase: new Secret('Wr0ng-one'), isLast: attempt === 3 }
        },
      },
    })
    expect(tries).to.equal(3)
    expect(error.code).to.equal('identity-locked')
    expect(error.sentence).to.include('the passphrase given does not open it').and.to.not.include('Wr0ng-one')
  })

  it('that is encrypted is opened where ssh_config names it, and a usual one where there is no other key', async function () {
    needs(this, 'ssh-keygen')
    const file = made('-t', 'ed25519', '-N', 'secret')
    const usual = setup.home.write('id_ecdsa', readFileSync(usualKey(setup.home.path), 'utf8'))
    const asked: string[] = []
    const unlock = async (path: string) => {
      asked.push(path)
      return { passphrase: new Secret('secret'), isLast: true }
    }
    const { port } = await start()
    // There is an id_ed25519 that opens.
    await session(port, { options: { unlock } })
    expect(asked).to.deep.equal([])
    await session(port, {
      node: { words: { first: ['-o', `IdentityFile=${file}`], last: [] } },
      options: { unlock },
    })
    expect(asked).to.deep.equal([file])
    rmSync(join(setup.home.path, '.ssh', 'id_ed25519'))
    await session(port, { options: { unlock } })
    expect(asked).to.deep.equal([file, usual])
    // A password does as well.
    const error = await refusal(1, { options: { unlock, tries: 1 }, node: { password: new Secret('pass') } })
    expect(error.code).to.equal('connect-refused')
    expect(asked).to.deep.equal([file, usual])
  })

  it('that is encrypted is signed for by the agent that holds it, and by no other key', async function () {
    needs(this, 'ssh-keygen')
    const file = made('-t', 'ed25519', '-N', 'secret')
    const open = join(setup.home.path, 'open')
    copyFileSync(file, open)
    execFileSync('ssh-keygen', ['-q', '-p', '-f', open, '-P', 'secret', '-N', ''])
    const key = readPrivateKey(open)
    if (key.state !== 'usable') expect.fail(key.state)
    const held = { private: readFileSync(open, 'utf8'), public: '' }
    agent = await startAgent(join(setup.home.path, 'agent'), [makeKey(), held])
    const offered: Buffer[] = []
    const { port } = await start({
      authenticate: context => {
        if (context.method === 'publickey') offered.push(context.key.data)
        context.accept()
      },
    })
    await session(port, { options: { privateKeyFiles: [file], agentSocket: agent.socket } })
    expect(offered.every(blob => blob.equals(key.blob))).to.equal(true)
  })

  it('that is public stands for the agent’s key', async () => {
    const key = makeKey()
    const file = setup.home.write('key.pub', `${key.public} ada@desk\n`)
    agent = await startAgent(join(setup.home.path, 'agent'), [makeKey(), key])
    const { port } = await start({
      authenticate: context =>
        context.method === 'publickey' && context.key.data.equals(blobOf(key)) && isSigned(context)
          ? context.accept()
          : context.reject(),
    })
    await session(port, { options: { privateKeyFiles: [file], agentSocket: agent.socket } })
  })

  it('that is encrypted and in no agent is named before the node is touched', async function () {
    needs(this, 'ssh-keygen')
    const file = made('-t', 'ed25519', '-N', 'secret')
    const { port, connections } = await start()
    expect(await refusal(port, { node: { privateKeyFile: file } })).to.deep.equal({
      code: 'identity-locked',
      stage: 'login',
      sentence: `node web-1: private key ${file} is encrypted, and nobody was asked for its passphrase; the agent is not there (SSH_AUTH_SOCK is not set)`,
    })
    agent = await startAgent(join(setup.home.path, 'agent'), [makeKey()])
    const error = await refusal(port, {
      node: { privateKeyFile: file },
      options: { agentSocket: agent.socket },
    })
    expect(error.sentence).to.match(/is encrypted, .*; the agent does not hold it \(ssh-add it\)$/)
    expect(connections()).to.equal(0)
  })

  const bad: readonly (readonly [
    name: string,
    text: string | undefined,
    state: PrivateKey['state'],
    why: RegExp,
  ])[] = [
    ['that is not there', undefined, 'missing', /^does not exist$/],
    ['that is empty', '', 'unusable', /^holds no private key/],
    ['that is something else', 'hello', 'unusable', /^holds no private key/],
    ['that is cut off', makeKey().private.slice(0, 200), 'unusable', /^holds no private key/],
    ['of a FIDO token', fidoKey(), 'unusable', /^is a FIDO key \(sk-ssh-ed25519@openssh\.com\)/],
    [
      'of a kind ssh has not',
      generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'unusable',
      /^holds no private key/,
    ],
  ]
  for (const [name, text, state, why] of bad) {
    it(`${name} is ${state} and says so`, async () => {
      const file = text === undefined ? join(setup.home.path, 'none') : setup.home.write('bad', text)
      const key = readPrivateKey(file)
      expect(key.state).to.equal(state)
      expect('why' in key ? key.why : '').to.match(why)
      const error = await refusal(1, { options: { privateKeyFiles: [file] } })
      expect(error.code).to.equal('identity-unreadable')
      expect(error.sentence).to.include(`private key ${file} `)
    })
  }

  it('is missed when there is none at all', async () => {
    const error = await refusal(1, { options: { home: '/nowhere' } })
    expect(error.code).to.equal('identity-missing')
    expect(error.sentence).to.equal(
      'node web-1: no key to log in with: the agent is not there (SSH_AUTH_SOCK is not set), ' +
        '/nowhere/.ssh/id_ed25519 does not exist, /nowhere/.ssh/id_ecdsa does not exist, /nowhere/.ssh/id_rsa does not exist',
    )
  })
})

const usualKey = (folder: string): string => {
  const file = join(folder, 'usual')
  execFileSync('ssh-keygen', ['-q', '-f', file, '-t', 'ecdsa', '-N', 'secret'])
  return file
}

// The public part of such a file is all that is looked at (PROTOCOL.u2f).
function fidoKey(): string {
  const blob = Buffer.concat([string('sk-ssh-ed25519@openssh.com'), string(Buffer.alloc(32)), string('ssh:')])
  const count = Buffer.from([0, 0, 0, 1])
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    string('none'),
    string('none'),
    string(''),
    count,
    string(blob),
    string(''),
  ])
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

function string(bytes: Buffer | string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(Buffer.byteLength(bytes))
  return Buffer.concat([length, Buffer.from(bytes)])
}
