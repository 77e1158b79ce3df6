import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { commandLine } from '../../src/collect/command-line.ts'
import type { Session } from '../../src/model/exec.ts'
import type { Node } from '../../src/model/node.ts'
import { openTransport } from '../../src/transport/transport.ts'
import { needs } from '../tools.ts'
import { failureOf, run } from './fleet.ts'

const node: Node = { name: 'web-1', groups: [], leafGroups: [], connection: { kind: 'local' } }

const connect = (signal = new AbortController().signal) =>
  openTransport({ knownHostsFiles: ['/nowhere/known_hosts'] }, [node]).connect(node, signal)

const sessionHere = async (signal?: AbortSignal): Promise<Session> => {
  const opened = await connect(signal)
  if ('error' in opened) throw new Error(opened.error.sentence)
  return opened.session
}

describe('a session on this machine', () => {
  it('gives what the command said on both streams, byte by byte, and its status', async () => {
    const command = `printf '\\377\\000\\303'; printf careful >&2; exit 7`
    const { end, stdout, stderr } = await run(await sessionHere(), { command })
    expect(end).to.deep.equal({ ended: 'exited', code: 7 })
    expect([...stdout]).to.deep.equal([0xff, 0, 0xc3])
    expect(stderr.toString()).to.equal('careful')
  })

  it('gives the output whole that is there when the command has ended', async () => {
    const { end, stdout } = await run(await sessionHere(), { command: 'head -c 3000000 /dev/zero' })
    expect(end).to.deep.equal({ ended: 'exited', code: 0 })
    expect(stdout.length).to.equal(3_000_000)
  })

  it('sends stdin whole, then its end', async () => {
    const stdin = 'echo ü\n'.repeat(500_000)
    const { stdout } = await run(await sessionHere(), { command: 'wc -c', stdin })
    expect(Number(stdout.toString())).to.equal(Buffer.byteLength(stdin))
  })

  it('takes the status of a command that never reads its stdin', async () => {
    const { end } = await run(await sessionHere(), { command: 'exit 3', stdin: 'x'.repeat(8_000_000) })
    expect(end).to.deep.equal({ ended: 'exited', code: 3 })
  })

  it('tells a signal from a status', async () => {
    const { end } = await run(await sessionHere(), { command: 'kill -KILL $$' })
    expect(end).to.deep.equal({ ended: 'signalled', signal: 'SIGKILL' })
  })

  for (const become of [false, true])
    it(`runs the script that collect sends, ${become ? 'by sudo where that is allowed' : 'without sudo'}`, async () => {
      const stdin = 'cd /tmp && pwd\nexit 4\n'
      const { end, stdout } = await run(await sessionHere(), {
        command: commandLine(become ? { method: 'sudo' } : undefined),
        stdin,
      })
      expect(end).to.deep.equal({ ended: 'exited', code: 4 })
      expect(stdout.toString()).to.equal('/tmp\n')
    })

  it('does not take a variable R of its user for the root that files are read below', async () => {
    const before = process.env.R
    process.env.R = '/usr/lib/R'
    try {
      const { stdout } = await run(await sessionHere(), { command: 'echo "<$R>"' })
      expect(stdout.toString()).to.equal('<>\n')
    } finally {
      if (before === undefined) delete process.env.R
      else process.env.R = before
    }
  })

  it('says why a command could not be started', async () => {
    const { end } = await run(await sessionHere(), { command: `: ${'x'.repeat(1_000_000)}` })
    expect(failureOf(end)).to.deep.equal({
      code: 'channel-refused',
      stage: 'exec',
      sentence: "node web-1: this machine ran no command: 'spawn E2BIG'",
    })
  })

  it('runs one command after the other, and several at a time', async () => {
    const session = await sessionHere()
    const said = async (word: string) => (await run(session, { command: `echo ${word}` })).stdout.toString()
    expect(await said('one')).to.equal('one\n')
    expect(await Promise.all([said('two'), said('three')])).to.deep.equal(['two\n', 'three\n'])
  })

  it('lets a mistake in a listener through', async () => {
    const bug = new Error('a bug')
    const outcome = await run(await sessionHere(), {
      command: 'echo up; exec sleep 60',
      onStdout: () => {
        throw bug
      },
    }).catch((error: unknown) => error)
    expect(outcome).to.equal(bug)
  })

  it('is not opened when the run is interrupted already', async () => {
    expect(await connect(AbortSignal.abort())).to.deep.equal({
      error: {
        code: 'interrupted',
        stage: 'connect',
        sentence: 'node web-1: interrupted while about to ask this machine itself',
      },
    })
  })

  it('needs no known_hosts, unless another node is reached over SSH', () => {
    const other: Node = { ...node, connection: { kind: 'ssh', host: '127.0.0.1', port: 22 } }
    const options = { knownHostsFiles: ['/nowhere/known_hosts'] }
    expect(() => openTransport(options, [node])).to.not.throw()
    expect(() => openTransport(options, [node, other])).to.throw('/nowhere/known_hosts')
  })
})

describe('a command on this machine that is cut short', () => {
  let folder = ''
  before(function () {
    needs(this, 'setsid', 'mkfifo')
    folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
  })
  after(() => folder === '' || rmSync(folder, { recursive: true, force: true }))

  // Children that hold a pipe open: one that SIGTERM does not end, one in a group of its own. Its end comes with theirs.
  const family = (name: string) => {
    const pipe = join(folder, name)
    execFileSync('mkfifo', [pipe])
    const keeper = openSync(pipe, 'r+') // opens at once, and lets the others open at once
    const reader = createReadStream(pipe)
    return {
      command: `( trap '' TERM; exec sleep 60 ) >${pipe} & setsid sh -c 'echo up; exec sleep 60' 3>${pipe} & wait`,
      gone: async () => {
        closeSync(keeper)
        await once(reader.resume(), 'end')
      },
    }
  }

  it('ends at its limit, and all that it started with it', async () => {
    const { command, gone } = family('limit')
    const { end } = await run(await sessionHere(), { command, timeoutSeconds: 1 })
    expect(failureOf(end)).to.deep.equal({
      code: 'exec-timeout',
      stage: 'exec',
      sentence: 'node web-1: the command on this machine not ended after 1 s',
    })
    await gone()
  })

  it('ends with the run, and all that it started with it', async () => {
    const { command, gone } = family('interruption')
    const interruption = new AbortController()
    const { end } = await run(await sessionHere(interruption.signal), {
      command,
      onStdout: () => {
        interruption.abort()
        return true
      },
    })
    expect(failureOf(end)).to.deep.equal({
      code: 'interrupted',
      stage: 'exec',
      sentence: 'node web-1: interrupted while the command ran on this machine',
    })
    await gone()
  })

  it('stops when a listener has had enough, and all that it started with it', async () => {
    const { command, gone } = family('enough')
    let heard = 0
    const { end } = await run(await sessionHere(), {
      command: `${command.replace(/wait$/, '')} yes`,
      onStdout: chunk => (heard += chunk.length) < 200_000,
    })
    expect(end).to.deep.equal({ ended: 'stopped' })
    await gone()
  })

  it('ends with its session', async () => {
    const { command, gone } = family('session')
    const session = await sessionHere()
    const { end } = await run(session, {
      command,
      onStdout: () => {
        session.close()
        return true
      },
    })
    expect(failureOf(end)).to.include({ code: 'connection-lost', stage: 'exec' })
    expect(failureOf((await run(session)).end).code).to.equal('connection-lost')
    await gone()
  })

  it('is killed where SIGTERM does not end it', async () => {
    const interruption = new AbortController()
    const { end } = await run(await sessionHere(interruption.signal), {
      command: `trap '' TERM; echo up; exec sleep 60`,
      onStdout: () => {
        interruption.abort()
        return true
      },
    })
    expect(failureOf(end).code).to.equal('interrupted')
  })
})
