import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as dial, createServer } from 'node:net'
import { expect } from 'chai'
import { openTransport } from '../../src/transport/transport.ts'
import { fleet, run } from './fleet.ts'

for (const sshClient of ['builtin', 'openssh'] as const)
  describe(`connect, by the client ${sshClient}`, () => {
    const { start, startTcp, connect, session, refusal } = fleet({ sshClient })

    it('opens a session that runs a command', async () => {
      const { port } = await start()
      expect((await run(await session(port))).end).to.deep.equal({ ended: 'exited', code: 0 })
    })

    it('logs in as the inventory says, else as the option says', async () => {
      const users: string[] = []
      const { port } = await start({
        authenticate: context => {
          users.push(context.username)
          context.accept()
        },
      })
      await session(port, { options: { user: 'ada' } })
      await session(port, { options: { user: 'ada' }, node: { user: 'grace' } })
      expect([...new Set(users)]).to.deep.equal(['ada', 'grace'])
    })

    it('says that nothing listens, after as many tries as allowed', async () => {
      const port = await freePort()
      expect(await refusal(port, { options: { tries: 3 } })).to.deep.equal({
        code: 'connect-refused',
        stage: 'connect',
        sentence: `node web-1: no TCP connection to 127.0.0.1:${port}: connection refused (3 tries)`,
      })
    })

    it('says that a name cannot be resolved', async () => {
      const error = await refusal(22, { node: { host: 'no-such-node.invalid' } })
      expect(error).to.include({ code: 'host-unresolved', stage: 'connect' })
      expect(error.sentence).to.match(/^node web-1: 'no-such-node\.invalid' cannot be resolved: /)
    })

    it('gives up on a node that does not answer', async () => {
      // A full backlog drops further SYNs, which is what a firewall or a dead node looks like.
      const full = await fullBacklog()
      try {
        expect(await refusal(full.port, { options: { connectSeconds: 0.2 } })).to.deep.equal({
          code: 'connect-timeout',
          stage: 'connect',
          sentence: `node web-1: no TCP connection to 127.0.0.1:${full.port} after 0.2 s (2 tries)`,
        })
      } finally {
        full.close()
      }
    })

    const greetings = {
      'a server that says nothing': {
        greet: () => undefined,
        code: 'banner-timeout',
        sentence: /accepted the connection but said nothing for 0\.2 s \(2 tries\)$/,
        tries: 2,
      },
      'a web server': {
        greet: 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n',
        code: 'not-ssh',
        sentence:
          /answered 'HTTP\/1\.1 400 Bad Request Connection: close', which is not an SSH 2 server’s greeting$/,
        tries: 1,
      },
      'a mail server that waits for us': {
        greet: '220 mail.example ESMTP\r\n',
        keepsOpen: true,
        code: 'not-ssh',
        sentence: /answered '220 mail\.example ESMTP'/,
        tries: 1,
      },
      'an SSH 1 server': {
        greet: 'SSH-1.5-old\r\n',
        code: 'not-ssh',
        sentence: /answered 'SSH-1\.5-old'/,
        tries: 1,
      },
      'binary noise': {
        greet: '\u0016\u0003\u0001\u001b[2J'.repeat(3000),
        code: 'not-ssh',
        sentence: /answered '\\u\{16\}\\u\{3\}\\u\{1\}\\u\{1b\}\[2J|is no SSH 2 server: '.*invalid/,
        tries: 1,
      },
      'lines without an end': {
        greet: 'welcome\r\n'.repeat(20_000),
        keepsOpen: true,
        code: 'not-ssh',
        sentence: /answered 'welcome welcome /,
        tries: 1,
      },
      'a full sshd': {
        greet: 'Exceeded MaxStartups\r\n',
        code: 'connection-reset',
        sentence: /hung up: 'Exceeded MaxStartups' \(2 tries\)$/,
        tries: 2,
      },
      'a server that hangs up': {
        greet: '',
        code: 'connection-reset',
        sentence: /hung up before it said a word \(connection closed\) \(2 tries\)$/,
        tries: 2,
      },
    } as const
    for (const [name, { greet, code, sentence, tries, ...more }] of Object.entries(greetings)) {
      it(`names ${name} ${code}`, async () => {
        const { port, connections, idle } = await startTcp(socket => {
          if (typeof greet !== 'string') return
          if ('keepsOpen' in more) socket.write(greet)
          else socket.end(greet)
        })
        const error = await refusal(port, { options: { connectSeconds: 0.2 } })
        expect(error).to.include({ code, stage: 'connect' })
        expect(error.sentence).to.match(sentence).and.include(`127.0.0.1:${port}`)
        expect(connections()).to.equal(tries)
        await idle()
      })
    }

    it('names a reset before the greeting', async () => {
      const { port } = await startTcp(socket => socket.once('data', () => socket.resetAndDestroy()))
      const error = await refusal(port)
      expect(error).to.include({ code: 'connection-reset', stage: 'connect' })
      expect(error.sentence).to.match(/hung up before it said a word \(connection reset\) \(2 tries\)$/)
    })

    it('tries once more when the first connection was reset', async () => {
      const real = await start()
      let count = 0
      const flaky = await startTcp(socket => {
        count++
        if (count === 1) socket.once('data', () => socket.resetAndDestroy())
        else socket.end('SSH-1.5-second try\r\n')
      })
      expect((await refusal(flaky.port)).sentence)
        .to.include('second try')
        .and.not.include('tries')
      expect(real.connections()).to.equal(0)
    })

    it('names a server that stalls in the key exchange', async () => {
      const { port, idle } = await startTcp(socket => socket.write('SSH-2.0-OpenSSH_9.2\r\n'))
      const error = await refusal(port, { options: { loginSeconds: 0.2 } })
      expect(error).to.deep.equal({
        code: 'login-timeout',
        stage: 'login',
        sentence: `node web-1: key exchange at 127.0.0.1:${port} not finished after 0.2 s`,
      })
      await idle()
    })

    it('names a server that stalls in the login', async () => {
      const { port, idle } = await start({ authenticate: () => undefined })
      const error = await refusal(port, { options: { loginSeconds: 0.3 } })
      expect(error).to.deep.equal({
        code: 'login-timeout',
        stage: 'login',
        sentence: `node web-1: login as ada at 127.0.0.1:${port} not finished after 0.3 s`,
      })
      await idle()
    })

    for (const [name, end] of Object.entries({ closed: 'end', reset: 'resetAndDestroy' } as const)) {
      it(`names a connection that is ${name} in the key exchange, and does not try again`, async () => {
        const { port, connections } = await startTcp(socket => {
          socket.write('SSH-2.0-OpenSSH_9.2\r\n')
          socket.once('data', () => socket[end]())
        })
        const error = await refusal(port)
        expect(error).to.include({ code: 'connection-reset', stage: 'login' })
        expect(error.sentence).to.match(
          new RegExp(`key exchange at 127\\.0\\.0\\.1:\\d+ failed: 'connection ${name}'$`),
        )
        expect(connections()).to.equal(1)
      })
    }

    it('names a broken key exchange', async () => {
      const { port } = await startTcp(socket => {
        socket.write('SSH-2.0-OpenSSH_9.2\r\n')
        socket.write(Buffer.alloc(64, 0xff))
      })
      expect(await refusal(port)).to.include({ code: 'handshake-failed', stage: 'login' })
    })

    it('is interrupted at once, wherever it is', async () => {
      const silent = await startTcp(() => undefined)
      const stalled = await startTcp(socket => socket.write('SSH-2.0-OpenSSH_9.2\r\n'))
      for (const { port, idle } of [silent, stalled]) {
        const stop = new AbortController()
        const opening = refusal(port, {
          signal: stop.signal,
          options: { connectSeconds: 25, loginSeconds: 25 },
        })
        setImmediate(() => stop.abort())
        expect((await opening).code).to.equal('interrupted')
        await idle()
      }
    })

    it('is interrupted while it waits for the next try', async () => {
      const stop = new AbortController()
      const { port, connections } = await startTcp(socket => {
        socket.resetAndDestroy()
        setTimeout(() => stop.abort(), 20)
      })
      await refusal(port, { signal: stop.signal, options: { retrySeconds: 25, tries: 5 } })
      expect(connections()).to.equal(1)
    })

    it('touches no node when the run is interrupted already', async () => {
      const { port, connections } = await start()
      expect((await refusal(port, { signal: AbortSignal.abort() })).code).to.equal('interrupted')
      expect(connections()).to.equal(0)
    })

    it('lets fifty nodes share one signal without a warning', async () => {
      const warnings: Error[] = []
      const hear = (warning: Error) => warnings.push(warning)
      process.on('warning', hear)
      const { port } = await start()
      const signal = AbortSignal.any([new AbortController().signal])
      await Promise.all(Array.from({ length: 50 }, () => session(port, { signal })))
      await new Promise(setImmediate)
      process.off('warning', hear)
      expect(warnings.map(({ message }) => message)).to.deep.equal([])
    })

    it('leaves nothing behind after many connections', async function () {
      this.timeout(600_000)
      const { port, idle } = await start()
      const { signal } = new AbortController()
      const there = async () => {
        const opened = await connect(port, { signal })
        if ('error' in opened) throw new Error(opened.error.sentence)
        await run(opened.session)
        opened.session.close()
        opened.session.close()
        await idle()
      }
      await there()
      const before = resources()
      for (let i = 0; i < (sshClient === 'builtin' ? 200 : 20); i++) await there()
      // Ends with the test's own limit when one stays.
      while (resources().length > before.length) await new Promise(setImmediate)
    })

    it('lets go of a node that does not let go', async function () {
      if (sshClient === 'openssh') this.skip() // the socket is not in this process
      const { port } = await start({
        onExec: (channel, _command, _connection, socket) => {
          channel.exit(0)
          channel.end()
          socket.pause()
        },
      })
      const open = await session(port)
      await run(open)
      const both = count('TCPSocketWrap')
      open.close()
      // Ends with the test's own limit when ours stays.
      while (count('TCPSocketWrap') === both) await new Promise(setImmediate)
    })

    it('leaves no timer behind when it is interrupted before a channel opens', async () => {
      const { port, idle } = await start({ ignoreChannel: true })
      const before = count('Timeout')
      const stop = new AbortController()
      const command = run(await session(port, { signal: stop.signal }), { timeoutSeconds: 25 })
      stop.abort()
      expect((await command).end.ended).to.equal('failed')
      await idle()
      // Ends with the test's own limit when one stays.
      while (count('Timeout') !== before) await new Promise(setImmediate)
    })

    it('throws before any node is touched when a given known_hosts file is not there', () => {
      expect(() => openTransport({ knownHostsFiles: ['/nowhere/known_hosts'] }))
        .to.throw('known_hosts file /nowhere/known_hosts cannot be read: ENOENT')
        .with.property('code', 'known-hosts-unreadable')
    })
  })

const resources = () =>
  process
    .getActiveResourcesInfo()
    .filter(name => !/Immediate|TTY|Pipe|FSReq/.test(name))
    .toSorted()

const count = (name: string): number => resources().filter(one => one === name).length

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

/** A listener that never accepts, with its queue full: a stopped process, as Node itself always accepts. */
const fullBacklog = async (): Promise<{ readonly port: number; readonly close: () => void }> => {
  const child = spawn(process.execPath, ['-e', listener], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  child.kill('SIGSTOP')
  const port = Number(line)
  const fillers = Array.from({ length: 4 }, () => dial(port, '127.0.0.1').on('error', () => undefined))
  return {
    port,
    close: () => {
      for (const filler of fillers) filler.destroy()
      child.kill('SIGKILL')
    },
  }
}

const listener = `const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 },
  () => console.log(s.address().port))`
