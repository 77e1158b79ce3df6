import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { needs } from '../tools.ts'
import { failureOf, fleet, run } from './fleet.ts'
import { startSshd, type Sshd } from './sshd.ts'

describe('over OpenSSH’s sshd', function () {
  this.timeout(60_000)
  const setup = fleet()
  const { session, refusal } = setup
  const running: Sshd[] = []
  before(function () {
    needs(this, 'sshd', 'ssh', 'ssh-keygen')
  })
  afterEach(async () => {
    await Promise.all(running.map(sshd => sshd.stop()))
    running.length = 0
  })

  /** An sshd that lets the user in with `key`, and is known by all its host keys. */
  const start = async (lines: readonly string[] = []): Promise<Sshd & { readonly folder: string; readonly key: string }> => {
    const folder = join(setup.home.path, `sshd.${running.length}`)
    const key = join(setup.home.path, 'key')
    mkdirSync(folder)
    if (running.length === 0) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
    writeFileSync(join(folder, 'authorized_keys'), readFileSync(`${key}.pub`))
    const sshd = await startSshd(folder, lines)
    running.push(sshd)
    setup.home.write('known_hosts', `${Object.values(sshd.hostKeys).join('\n')}\n`)
    return { ...sshd, folder, key }
  }
  const as = ({ user }: Sshd, key: string) => ({ options: { user, privateKeyFiles: [key] } })

  it('runs a script on the stdin of sh and gives its bytes, its errors and its status', async () => {
    const sshd = await start()
    const { end, stdout, stderr } = await run(await session(sshd.port, as(sshd, sshd.key)), {
      command: 'exec sh -s',
      stdin: "printf '\\303'; printf '\\251\\000'; echo careful >&2; exit 3\n",
    })
    expect(end).to.deep.equal({ ended: 'exited', code: 3 })
    expect(stdout.toString('hex')).to.equal('c3a900')
    expect(stderr.toString()).to.equal('careful\n')
  })

  for (const [type, ...args] of [['ed25519'], ['ecdsa', '-b', '256'], ['ecdsa', '-b', '384'], ['ecdsa', '-b', '521'], ['rsa', '-b', '2048']] as const) {
    it(`logs in with a key of type ${type} ${args.join(' ')}, and knows the node by its ${type} key`, async () => {
      const sshd = await start()
      const file = join(setup.home.path, 'typed')
      execFileSync('ssh-keygen', ['-q', '-t', type, ...args, '-N', '', '-f', file])
      writeFileSync(join(sshd.folder, 'authorized_keys'), readFileSync(`${file}.pub`))
      setup.home.write('known_hosts', `${sshd.hostKeys[type]}\n`)
      expect((await run(await session(sshd.port, as(sshd, file)))).end).to.deep.equal({ ended: 'exited', code: 0 })
    })
  }

  it('logs in by ssh-agent with an encrypted key', async function () {
    needs(this, 'ssh-agent', 'ssh-add')
    const sshd = await start()
    const socket = join(setup.home.path, 'agent.sock')
    const [, pid = ''] = /SSH_AGENT_PID=(\d+)/.exec(execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' })) ?? []
    try {
      execFileSync('ssh-add', ['-q', sshd.key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
      execFileSync('ssh-keygen', ['-q', '-p', '-f', sshd.key, '-N', 'secret'])
      const extra = as(sshd, sshd.key)
      const open = await session(sshd.port, { options: { ...extra.options, agentSocket: socket } })
      expect((await run(open)).end).to.deep.equal({ ended: 'exited', code: 0 })
    } finally {
      process.kill(Number(pid))
    }
  })

  it('tells a killed command from one that exits', async () => {
    const sshd = await start()
    const { end } = await run(await session(sshd.port, as(sshd, sshd.key)), { command: 'kill -9 $$' })
    expect(end).to.deep.equal({ ended: 'signalled', signal: 'SIGKILL' })
  })

  it('keeps a 200 MB answer in order and whole while its status is on the way', async () => {
    const sshd = await start()
    let bytes = 0
    const { end } = await run(await session(sshd.port, as(sshd, sshd.key)), {
      command: 'head -c 200000000 /dev/zero',
      timeoutSeconds: 50,
      onStdout: chunk => (bytes += chunk.length) > 0,
    })
    expect([end, bytes]).to.deep.equal([{ ended: 'exited', code: 0 }, 200_000_000])
  })

  it('leaves no process on the node when it has had enough', async () => {
    const sshd = await start()
    const open = await session(sshd.port, as(sshd, sshd.key))
    let shell = ''
    const { end } = await run(open, {
      command: 'echo $$; exec yes',
      onStdout: chunk => {
        shell ||= chunk.toString().split('\n')[0] ?? ''
        return false
      },
    })
    expect(end).to.deep.equal({ ended: 'stopped' })
    while (isAlive(Number(shell))) await new Promise(resolve => setTimeout(resolve, 10))
  })

  it('is turned away without a key that counts', async () => {
    const sshd = await start()
    writeFileSync(join(sshd.folder, 'authorized_keys'), '')
    const error = await refusal(sshd.port, as(sshd, sshd.key))
    expect(error.code).to.equal('auth-failed')
    expect(error.sentence).to.include("it accepts 'publickey'")
  })

  it('is turned away after too many keys', async () => {
    const sshd = await start(['MaxAuthTries 2'])
    const others = Array.from({ length: 4 }, (_, i) => {
      const file = join(setup.home.path, `other.${i}`)
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
      return file
    })
    const error = await refusal(sshd.port, { options: { user: sshd.user, privateKeyFiles: [...others, sshd.key] } })
    expect(error.code).to.equal('auth-failed')
    expect(error.sentence).to.include('too many keys were offered')
  })

  it('runs no command where a forced command or no session is allowed', async () => {
    const sshd = await start(['MaxSessions 0'])
    const { end } = await run(await session(sshd.port, as(sshd, sshd.key)))
    expect(failureOf(end).code).to.equal('channel-refused')
  })

  it('cannot agree with a server of post-quantum key exchange only, and says so', async () => {
    const sshd = await start(['KexAlgorithms sntrup761x25519-sha512@openssh.com'])
    const error = await refusal(sshd.port, as(sshd, sshd.key))
    expect(error).to.include({ code: 'handshake-failed', stage: 'login' })
    expect(error.sentence).to.include('no matching key exchange algorithm')
  })

  it('signs nothing with SHA-1', async () => {
    const sshd = await start(['HostKey FOLDER/host_rsa', 'HostKeyAlgorithms ssh-rsa'])
    const error = await refusal(sshd.port, as(sshd, sshd.key))
    expect(error.sentence).to.include('no matching host key format')
  })

  it('comes back when sshd was full, and says so when it stays full', async () => {
    const sshd = await start(['MaxStartups 1:100:1', 'LoginGraceTime 60'])
    const holder: Socket = connect(sshd.port, '127.0.0.1')
    await new Promise(resolve => holder.once('data', resolve))
    const error = await refusal(sshd.port, as(sshd, sshd.key))
    expect(error).to.include({ code: 'connection-reset', stage: 'connect' })
    expect(error.sentence).to.match(/hung up.*\(2 tries\)$/)
    holder.destroy()
  })

  it('judges host keys as ssh does', async () => {
    const sshd = await start()
    const { ed25519 = '', rsa = '' } = sshd.hostKeys
    const key = (line: string) => line.split(' ').slice(1).join(' ')
    const name = `[127.0.0.1]:${sshd.port}`
    const stranger = key((await start()).hostKeys.ed25519 ?? '')
    const cases = [
      ed25519,
      rsa,
      '',
      `${name} ${stranger}`,
      `${name} ${stranger}\n${ed25519}`,
      `127.0.0.1 ${key(ed25519)}`,
      `127.0.0.1 ${stranger}`,
      `*,!${name} ${key(ed25519)}`,
      `[127.*,!${name} ${key(ed25519)}`,
      `[127.0.0.?]:* ${key(rsa)}`,
      `@revoked * ${key(ed25519)}\n${ed25519}`,
      `@revoked * ${stranger}\n${ed25519}`,
      `@revoked 127.0.0.1 ${key(ed25519)}\n${ed25519}`,
      `@cert-authority * ${key(ed25519)}`,
      `@cert-authority * ${stranger}\n${ed25519}`,
    ]
    for (const text of cases) {
      const file = setup.home.write('known_hosts', `${text}\n`)
      const opened = await setup.connect(sshd.port, as(sshd, sshd.key))
      if ('session' in opened) opened.session.close()
      const ours = 'error' in opened ? opened.error.code : 'accepted'
      expect(ours, text).to.equal(verdictOfSsh(sshd, sshd.key, file))
    }
  })

  const verdictOfSsh = ({ port, user }: Sshd, key: string, file: string): string => {
    const settings = [`UserKnownHostsFile=${file}`, 'GlobalKnownHostsFile=/dev/null', 'StrictHostKeyChecking=yes', 'BatchMode=yes', 'IdentitiesOnly=yes', 'CheckHostIP=no']
    const args = ['-F', 'none', ...settings.flatMap(setting => ['-o', setting]), '-p', String(port), '-i', key, `${user}@127.0.0.1`, 'true']
    const { status, stderr } = spawnSync('ssh', args, { encoding: 'utf8' })
    if (status === 0) return 'accepted'
    if (stderr.includes('REVOKED HOST KEY')) return 'host-key-revoked'
    if (stderr.includes('IDENTIFICATION HAS CHANGED')) return 'host-key-changed'
    return stderr.includes('host key is known') ? 'host-key-unknown' : stderr
  }
})

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
