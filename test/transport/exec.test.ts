import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { failureOf, fleet, run } from './fleet.ts'

for (const sshClient of ['builtin', 'openssh'] as const)
  describe(`a session’s exec, by the client ${sshClient}`, () => {
    const { start, session } = fleet({ sshClient })

    it('gives what the command said on both streams, byte by byte, and its status', async () => {
      const bytes = randomBytes(300_000)
      const { port } = await start({
        onExec: channel => {
          channel.write(bytes)
          channel.stderr.write('careful')
          channel.exit(7)
          channel.end()
        },
      })
      const { end, stdout, stderr } = await run(await session(port))
      expect(end).to.deep.equal({ ended: 'exited', code: 7 })
      expect(stdout.equals(bytes)).to.equal(true)
      expect(stderr.toString()).to.equal('careful')
    })

    it('keeps a character whole that came in two packets', async () => {
      const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)]
      const { port } = await start({
        onExec: channel => {
          channel.write(first)
          setImmediate(() => {
            channel.write(second)
            channel.exit(0)
            channel.end()
          })
        },
      })
      const { stdout } = await run(await session(port))
      expect(stdout.toString()).to.equal('é')
    })

    it('sends stdin whole, then its end', async () => {
      const stdin = 'echo ü\n'.repeat(500_000)
      const { port } = await start({
        onExec: channel => {
          let bytes = 0
          channel.on('data', (chunk: Buffer) => (bytes += chunk.length))
          channel.once('end', () => {
            channel.write(String(bytes))
            channel.exit(0)
            channel.end()
          })
        },
      })
      const { stdout } = await run(await session(port), { stdin })
      expect(stdout.toString()).to.equal(String(Buffer.byteLength(stdin)))
    })

    it('takes the status of a command that never reads its stdin', async () => {
      const { port } = await start({
        onExec: channel => {
          channel.exit(3)
          channel.end()
        },
      })
      const { end } = await run(await session(port), { stdin: 'x'.repeat(8_000_000) })
      expect(end).to.deep.equal({ ended: 'exited', code: 3 })
    })

    it('tells a signal from a status', async () => {
      // OpenSSH's client does not say which.
      const signal = sshClient === 'builtin' ? 'SIGKILL' : 'unknown'
      const { port } = await start({
        onExec: channel => {
          channel.exit('KILL', false, 'out of memory')
          channel.end()
        },
      })
      expect((await run(await session(port))).end).to.deep.equal({ ended: 'signalled', signal })
    })

    it('takes no status for a lost connection, never for success', async () => {
      const { port } = await start({ onExec: channel => channel.end('half an answ') })
      const { end, stdout } = await run(await session(port))
      expect(stdout.toString()).to.equal('half an answ')
      expect(failureOf(end).code).to.equal('connection-lost')
      expect(failureOf(end).sentence).to.equal(
        `node web-1: 127.0.0.1:${port} closed the channel without an exit status`,
      )
    })

    const cuts = {
      'a reset': { resetAndDestroy: true },
      'a closed link': { resetAndDestroy: false },
    } as const
    for (const [name, { resetAndDestroy }] of Object.entries(cuts)) {
      it(`survives ${name} during a command and calls it connection-lost`, async () => {
        let cut: (() => void) | undefined
        const { port } = await start({
          onExec: (channel, _command, _connection, socket) => {
            cut = () => (resetAndDestroy ? socket.resetAndDestroy() : socket.end())
            channel.write('so far')
          },
        })
        const { end } = await run(await session(port), {
          onStdout: () => {
            cut?.()
            return true
          },
        })
        expect(failureOf(end)).to.include({ code: 'connection-lost', stage: 'exec' })
        expect(failureOf(end).sentence).to.match(/^node web-1: lost 127\.0\.0\.1:\d+ while the command ran: /)
      })
    }

    it('does not believe a status when the link breaks before the end of the output', async () => {
      const { port } = await start({
        onExec: (channel, _command, _connection, socket) => {
          channel.write('so far')
          channel.exit(0)
          setImmediate(() => socket.end())
        },
      })
      expect(failureOf((await run(await session(port))).end).code).to.equal('connection-lost')
    })

    it('believes a status whose channel was closed although the link goes down in the same moment', async function () {
      // ssh does not say which it saw first: there it counts as lost.
      if (sshClient === 'openssh') this.skip()
      const { port } = await start({
        onExec: (channel, _command, _connection, socket) => {
          channel.write('all of it')
          channel.exit(0)
          channel.end()
          channel.close()
          socket.end()
        },
      })
      const { end, stdout } = await run(await session(port))
      expect(end).to.deep.equal({ ended: 'exited', code: 0 })
      expect(stdout.toString()).to.equal('all of it')
    })

    it('survives a reset between two commands', async () => {
      let reset: (() => void) | undefined
      const { port, idle } = await start({
        onExec: (channel, _command, _connection, socket) => {
          reset = () => socket.resetAndDestroy()
          channel.exit(0)
          channel.end()
        },
      })
      const open = await session(port)
      expect((await run(open)).end.ended).to.equal('exited')
      reset?.()
      await idle()
      expect(failureOf((await run(open)).end).code).to.equal('connection-lost')
    })

    it('ends at its limit and takes the connection down', async () => {
      const { port, idle } = await start({ onExec: channel => channel.write('thinking') })
      const { end, stdout } = await run(await session(port), { timeoutSeconds: 0.2 })
      expect(stdout.toString()).to.equal('thinking')
      expect(failureOf(end)).to.deep.equal({
        code: 'exec-timeout',
        stage: 'exec',
        sentence: `node web-1: the command at 127.0.0.1:${port} not ended after 0.2 s`,
      })
      await idle()
    })

    it('does not wait for a channel that never opens', async () => {
      const { port, idle } = await start({ ignoreChannel: true })
      const { end } = await run(await session(port, { options: { loginSeconds: 0.3 } }))
      expect(failureOf(end).code).to.equal('exec-timeout')
      expect(failureOf(end).sentence).to.include('opened no channel for the command within 0.3 s')
      await idle()
    })

    it('notices by keep-alives that the node is gone', async () => {
      const { port, idle } = await start({
        onExec: (channel, _command, _connection, socket) => {
          channel.write('still here', () => socket.pause())
        },
      })
      const { end } = await run(await session(port, { options: { keepaliveSeconds: 0.05 } }))
      expect(failureOf(end).code).to.equal('connection-lost')
      expect(failureOf(end).sentence).to.include('no answer to keep-alives')
      void idle
    })

    for (const [how, behaviour] of Object.entries({
      channel: { refuseChannel: true },
      command: { refuseExec: true },
    })) {
      it(`says when the ${how} is refused`, async function () {
        // ssh closes the channel, and this server does not answer that.
        if (sshClient === 'openssh' && how === 'command') this.skip()
        const { port } = await start(behaviour)
        const { end } = await run(await session(port))
        expect(failureOf(end)).to.include({ code: 'channel-refused', stage: 'exec' })
        expect(failureOf(end).sentence).to.match(/^node web-1: 127\.0\.0\.1:\d+ ran no command: '/)
      })
    }

    it('stops when a listener has had enough, and closes the connection', async () => {
      const flood = Buffer.alloc(64 * 1024, 'x')
      const { port, idle } = await start({
        onExec: (channel, _command, _connection, socket) => {
          const pump = () => {
            while (!socket.destroyed && channel.write(flood));
          }
          channel.on('drain', pump)
          pump()
        },
      })
      let bytes = 0
      const { end } = await run(await session(port), {
        onStdout: chunk => (bytes += chunk.length) < 1_000_000,
      })
      expect(end).to.deep.equal({ ended: 'stopped' })
      expect(bytes).to.be.within(1_000_000, 1_000_000 + 64 * 1024)
      await idle()
    })

    it('reads a flood of half a GiB without keeping it', async function () {
      this.timeout(600_000)
      const total = 1024 ** 3 / 2
      const piece = Buffer.alloc(1024 * 1024, 'x')
      const { port } = await start({
        onExec: channel => {
          let sent = 0
          const pump = () => {
            while (sent < total) {
              sent += piece.length
              if (!channel.write(piece)) return
            }
            channel.off('drain', pump)
            channel.exit(0)
            channel.end()
          }
          channel.on('drain', pump)
          pump()
        },
      })
      const open = await session(port)
      let [bytes, most] = [0, 0]
      const before = process.memoryUsage.rss()
      const { end } = await run(open, {
        timeoutSeconds: 110,
        onStdout: chunk => {
          bytes += chunk.length
          most = Math.max(most, bytes % (64 * piece.length) < chunk.length ? process.memoryUsage.rss() : 0)
          return true
        },
      })
      expect(end).to.deep.equal({ ended: 'exited', code: 0 })
      expect(bytes).to.equal(total)
      // Both ends run in this process; what is in flight is a few windows of 2 MiB, the rest garbage not yet collected.
      expect(most - before).to.be.below(150 * 1024 * 1024)
    })

    it('lets a mistake in a listener through as it is', async () => {
      const { port, idle } = await start({ onExec: channel => channel.write('hello') })
      const bug = new TypeError('undefined is not a frame')
      const seen = await session(port)
        .then(open =>
          run(open, {
            onStdout: () => {
              throw bug
            },
          }),
        )
        .catch((error: unknown) => error)
      expect(seen).to.equal(bug)
      await idle()
    })

    it('is interrupted at once', async () => {
      const stop = new AbortController()
      const { port, idle } = await start({ onExec: channel => channel.write('thinking') })
      const open = await session(port, { signal: stop.signal })
      const { end } = await run(open, {
        onStdout: () => {
          stop.abort()
          return true
        },
      })
      expect(failureOf(end)).to.deep.equal({
        code: 'interrupted',
        stage: 'exec',
        sentence: `node web-1: interrupted while the command ran at 127.0.0.1:${port}`,
      })
      await idle()
    })

    it('runs no command on a closed session', async () => {
      const { port } = await start()
      const open = await session(port)
      open.close()
      expect(failureOf((await run(open)).end).code).to.equal('connection-lost')
    })
  })
