import { join } from 'node:path'
import { expect } from 'chai'
import type { AuthContext } from 'ssh2'
import { openTransport } from '../../src/transport/transport.ts'
import { startAgent, type TestAgent } from './agent-server.ts'
import { fleet, nodeAt } from './fleet.ts'
import { blobOf, type KeyPair, makeEcdsaKey, makeKey, makeRsaKey } from './home.ts'
import { isSigned } from './server.ts'

const known = makeKey()
const keys = { ed25519: known, ecdsa: makeEcdsaKey(), rsa: makeRsaKey() }

describe('a login', () => {
  const setup = fleet({ sshClient: 'builtin' })
  const { start, session, refusal } = setup
  let agents: TestAgent[] = []
  afterEach(() => {
    for (const agent of agents) agent.close()
    agents = []
  })
  const agent = async (...[held, behaviour]: [readonly KeyPair[], Parameters<typeof startAgent>[2]?]) => {
    const started = await startAgent(join(setup.home.path, `agent.${agents.length}`), held, behaviour)
    agents.push(started)
    return started
  }
  /** A server that lets one key in, checks its signature, and counts what it is offered. */
  const startFor = async (pair: KeyPair, methods: readonly AuthContext['method'][] = ['publickey']) => {
    const offered: string[] = []
    const server = await start({
      authenticate: context => {
        if (context.method !== 'publickey') return context.reject([...methods])
        if (!context.signature) offered.push(context.key.data.toString('base64'))
        if (context.key.data.equals(blobOf(pair)) && isSigned(context)) context.accept()
        else context.reject([...methods])
      },
    })
    return { ...server, offered }
  }

  for (const [type, pair] of Object.entries(keys)) {
    it(`takes a given ${type} key`, async () => {
      const { port, offered } = await startFor(pair)
      const file = setup.home.write('deploy', pair.private)
      await session(port, { options: { privateKeyFiles: [file] } })
      expect(offered).to.deep.equal([blobOf(pair).toString('base64')])
    })

    it(`takes the agent’s ${type} key`, async () => {
      const { port } = await startFor(pair)
      const { socket, asked, idle } = await agent([pair])
      await session(port, { options: { agentSocket: socket } })
      expect(asked()).to.deep.equal({ identities: 1, signatures: 1 })
      await idle()
    })
  }

  it('takes the node’s own key before the given one, with ~ for the home directory', async () => {
    const { port, offered } = await startFor(known)
    setup.home.write('own', known.private)
    const given = setup.home.write('given', makeKey().private)
    await session(port, { node: { privateKeyFile: '~/.ssh/own' }, options: { privateKeyFiles: [given] } })
    expect(offered).to.have.length(1)
  })

  it('takes the usual files where nothing is given, in ssh’s order', async () => {
    const { port, offered } = await startFor(keys.rsa)
    setup.home.write('id_rsa', keys.rsa.private)
    setup.home.write('id_ecdsa', keys.ecdsa.private)
    await session(port)
    expect(offered).to.have.length(3)
    expect(offered.slice(1)).to.deep.equal(
      [keys.ecdsa, keys.rsa].map(pair => blobOf(pair).toString('base64')),
    )
  })

  it('offers the agent’s keys before the files, those with a file first, and no key twice', async () => {
    const { port, offered } = await startFor(keys.ecdsa)
    setup.home.write('id_ed25519', known.private)
    setup.home.write('id_ecdsa', keys.ecdsa.private)
    const { socket } = await agent([keys.rsa, known])
    await session(port, { options: { agentSocket: socket } })
    expect(offered).to.deep.equal([known, keys.rsa, keys.ecdsa].map(pair => blobOf(pair).toString('base64')))
  })

  it('offers no more than six keys and says so', async () => {
    const { port, offered } = await startFor(known)
    const { socket } = await agent(Array.from({ length: 8 }, () => makeKey()))
    const error = await refusal(port, { options: { agentSocket: socket } })
    expect(offered).to.have.length(6)
    expect(error.code).to.equal('auth-failed')
    expect(error.sentence).to.include('3 more keys not tried')
  })

  it('reads keys and agent once for all nodes', async () => {
    const { port, knownHosts } = await startFor(known)
    const { socket, asked } = await agent([known])
    setup.home.write('known_hosts', knownHosts)
    const { connect } = openTransport({
      home: setup.home.path,
      agentSocket: socket,
      user: 'ada',
      sshClient: 'builtin',
    })
    for (let i = 0; i < 3; i++) {
      const opened = await connect(nodeAt(port), new AbortController().signal)
      if ('error' in opened) expect.fail(opened.error.sentence)
      opened.session.close()
    }
    expect(asked()).to.deep.equal({ identities: 1, signatures: 3 })
  })

  it('names the keys that were refused, and what the node would accept', async () => {
    const { port, connections } = await startFor(known, ['publickey', 'password'])
    const error = await refusal(port)
    expect(error).to.deep.equal({
      code: 'auth-failed',
      stage: 'login',
      sentence:
        `node web-1: ada was not let in at 127.0.0.1:${port} ` +
        `(offered ${join(setup.home.path, '.ssh', 'id_ed25519')}; it accepts 'publickey, password')`,
    })
    expect(connections()).to.equal(1)
  })

  it('says that a certificate was not used', async () => {
    const { port } = await startFor(known)
    const file = setup.home.write('deploy', makeKey().private)
    setup.home.write('deploy-cert.pub', 'ssh-ed25519-cert-v01@openssh.com AAAA')
    const error = await refusal(port, { options: { privateKeyFiles: [file] } })
    expect(error.sentence).to.include(
      `offered ${file} (without its certificate, which OpenSSH’s client alone can use: --ssh-client openssh)`,
    )
  })

  it('never tries a password', async () => {
    const methods: string[] = []
    const { port } = await start({
      authenticate: context => {
        methods.push(context.method)
        context.reject(['password', 'keyboard-interactive'])
      },
    })
    await refusal(port)
    expect(methods).to.not.include('password')
  })

  it('takes a second step that asks nothing', async () => {
    const { port } = await start({
      authenticate: context => {
        if (context.method === 'publickey')
          return context.signature ? context.reject(['keyboard-interactive'], true) : context.accept()
        if (context.method !== 'keyboard-interactive') return context.reject()
        context.prompt([], () => context.accept())
      },
    })
    await session(port)
  })

  it('does not wait for an answer to a question that nobody hears', async () => {
    const { port, idle } = await start({
      authenticate: context => {
        if (context.method === 'publickey')
          return context.signature ? context.reject(['keyboard-interactive'], true) : context.accept()
        if (context.method !== 'keyboard-interactive') return context.reject()
        context.prompt([{ prompt: 'Verification code:\u001b[2J', echo: false }], () => context.accept())
      },
    })
    const error = await refusal(port, { options: { loginSeconds: 25 } })
    expect(error.code).to.equal('auth-failed')
    expect(error.sentence).to.include(
      "a key was accepted, which is not enough; it asks 'Verification code:\\u{1b}[2J'",
    )
    await idle()
  })

  it('goes on to the next key when the agent does not sign, and says so when none is left', async () => {
    const { socket } = await agent([known], 'refuses')
    const other = makeKey()
    setup.home.write('id_ed25519', other.private)
    const { port } = await start({
      authenticate: context => {
        if (context.method === 'publickey' && !(context.signature && context.key.data.equals(blobOf(known))))
          context.accept()
        else context.reject(['publickey'])
      },
    })
    await session(port, { options: { agentSocket: socket } })
    const strict = await startFor(known)
    const error = await refusal(strict.port, { options: { agentSocket: socket } })
    expect(error.code).to.equal('auth-failed')
    expect(error.sentence).to.match(/agent’s ssh-ed25519 .*: Agent responded with failure/)
  })

  it('ends at its limit when the agent waits for its user, and lets the agent go', async () => {
    const { socket, idle } = await agent([known], 'hangs when asked to sign')
    const { port } = await startFor(known)
    const error = await refusal(port, { options: { agentSocket: socket, loginSeconds: 0.3 } })
    expect(error.code).to.equal('login-timeout')
    await idle()
  })

  it('is interrupted at once when the agent does not even list its keys', async () => {
    const { socket, asked } = await agent([known], 'hangs')
    const { port } = await startFor(known)
    const stop = new AbortController()
    const timer = setInterval(() => asked().identities > 0 && stop.abort(), 5)
    stop.signal.addEventListener('abort', () => clearInterval(timer))
    const error = await refusal(port, { options: { agentSocket: socket }, signal: stop.signal })
    expect(error).to.deep.equal({
      code: 'interrupted',
      stage: 'connect',
      sentence: 'node web-1: interrupted while asking the agent for keys',
    })
  })

  it('takes the files when the agent is not there', async () => {
    const { port } = await startFor(known)
    setup.home.write('id_ed25519', known.private)
    await session(port, { options: { agentSocket: join(setup.home.path, 'no-agent') } })
  })
})
