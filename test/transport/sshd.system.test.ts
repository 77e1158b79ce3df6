import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { needs } from '../tools.ts'
import { failureOf, fleet, run } from './fleet.ts'
import { type Home, makeHome } from './home.ts'
import { startSshd, type Sshd } from './sshd.ts'

for (const sshClient of ['builtin', 'openssh'] as const)
  describe(`over OpenSSH’s sshd, by the client ${sshClient}`, function () {
    this.timeout(600_000)
    const setup = fleet({ sshClient })
    const { session, refusal } = setup
    let shared: { readonly home: Home; readonly sshd: Sshd } | undefined
    let running: Sshd[] = []

    before(async function () {
      needs(this, 'sshd', 'ssh', 'ssh-keygen')
      const home = makeHome()
      shared = { home, sshd: await startSshd(home.path) }
    })
    after(async () => {
      await shared?.sshd.stop()
      shared?.home.remove()
    })
    afterEach(async () => {
      await Promise.all(running.map(sshd => sshd.stop()))
      running = []
    })

    /** An sshd that lets the user in with one key, and is known by all its host keys; its own one when it needs settings. */
    const start = async (...settings: readonly string[]): Promise<Sshd & { readonly key: string }> => {
      if (!shared) throw new Error('sshd did not start')
      const sshd = settings.length === 0 ? shared.sshd : await startOwn(settings)
      const key = made('key', '-t', 'ed25519')
      writeFileSync(sshd.authorizedKeys, readFileSync(`${key}.pub`))
      setup.home.write('known_hosts', `${Object.values(sshd.hostKeys).join('\n')}\n`)
      return { ...sshd, key }
    }
    const startOwn = async (settings: readonly string[]): Promise<Sshd> => {
      const folder = join(setup.home.path, `sshd.${running.length}`)
      mkdirSync(folder)
      const sshd = await startSshd(folder, settings)
      running.push(sshd)
      return sshd
    }
    const made = (name: string, ...args: readonly string[]): string => {
      const file = join(setup.home.path, name)
      execFileSync('ssh-keygen', ['-q', '-N', '', '-f', file, ...args])
      return file
    }

    it('runs a script on the stdin of sh and gives its bytes, its errors and its status', async () => {
      const sshd = await start()
      const { end, stdout, stderr } = await run(await session(sshd.port, as(sshd)), {
        command: 'exec sh -s',
        stdin: "printf '\\303'; printf '\\251\\000'; echo careful >&2; exit 3\n",
      })
      expect(end).to.deep.equal({ ended: 'exited', code: 3 })
      expect(stdout.toString('hex')).to.equal('c3a900')
      expect(stderr.toString()).to.equal('careful\n')
    })

    const kinds: readonly (readonly [type: string, bits: string])[] = [
      ['ed25519', '256'],
      ['ecdsa', '256'],
      ['ecdsa', '384'],
      ['ecdsa', '521'],
      ['rsa', '2048'],
    ]
    for (const [type, bits] of kinds) {
      it(`logs in with a key of type ${type} and ${bits} bits, and knows the node by its ${type} key`, async () => {
        const sshd = await start()
        const key = made('typed', '-t', type, '-b', bits)
        writeFileSync(sshd.authorizedKeys, readFileSync(`${key}.pub`))
        setup.home.write('known_hosts', `${sshd.hostKeys[type]}\n`)
        const { end } = await run(await session(sshd.port, as({ ...sshd, key })))
        expect(end).to.deep.equal({ ended: 'exited', code: 0 })
      })
    }

    it('logs in by ssh-agent with an encrypted key', async function () {
      needs(this, 'ssh-agent', 'ssh-add')
      const sshd = await start()
      const socket = join(setup.home.path, 'agent.sock')
      const started = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' })
      const [, pid = ''] = /SSH_AGENT_PID=(\d+)/.exec(started) ?? []
      try {
        const env = { ...process.env, SSH_AUTH_SOCK: socket }
        execFileSync('ssh-add', ['-q', sshd.key], { env, stdio: 'ignore' })
        execFileSync('ssh-keygen', ['-q', '-p', '-f', sshd.key, '-N', 'secret'])
        const { options } = as(sshd)
        const open = await session(sshd.port, { options: { ...options, agentSocket: socket } })
        expect((await run(open)).end).to.deep.equal({ ended: 'exited', code: 0 })
      } finally {
        process.kill(Number(pid))
      }
    })

    it('tells a killed command from one that exits', async () => {
      const sshd = await start()
      const { end } = await run(await session(sshd.port, as(sshd)), { command: 'kill -9 $$' })
      expect(end).to.deep.equal({
        ended: 'signalled',
        signal: sshClient === 'builtin' ? 'SIGKILL' : 'unknown',
      })
    })

    it('has the whole of 200 MB although the status overtakes the end of it', async () => {
      const sshd = await start()
      let bytes = 0
      const { end } = await run(await session(sshd.port, as(sshd)), {
        command: 'head -c 200000000 /dev/zero',
        timeoutSeconds: 50,
        onStdout: chunk => (bytes += chunk.length) > 0,
      })
      expect([end, bytes]).to.deep.equal([{ ended: 'exited', code: 0 }, 200_000_000])
    })

    it('leaves no process on the node when it has had enough', async () => {
      const sshd = await start()
      let shell = ''
      const { end } = await run(await session(sshd.port, as(sshd)), {
        command: 'echo $$; exec yes',
        onStdout: chunk => {
          shell ||= chunk.toString().split('\n')[0] ?? ''
          return false
        },
      })
      expect(end).to.deep.equal({ ended: 'stopped' })
      // Ends with the test's own limit when the process stays.
      while (isAlive(Number(shell))) await new Promise(setImmediate)
    })

    it('is turned away without a key that counts', async () => {
      const sshd = await start()
      writeFileSync(sshd.authorizedKeys, '')
      const error = await refusal(sshd.port, as(sshd))
      expect(error.code).to.equal('auth-failed')
      expect(error.sentence).to.include("it accepts 'publickey'")
    })

    it('is turned away after too many keys', async () => {
      const sshd = await start('MaxAuthTries 2')
      const others = ['1', '2', '3'].map(name => made(name, '-t', 'ed25519'))
      const error = await refusal(sshd.port, {
        options: { user: sshd.user, privateKeyFiles: [...others, sshd.key] },
      })
      expect(error.code).to.equal('auth-failed')
      expect(error.sentence).to.include('too many keys were offered')
    })

    it('runs no command where sshd allows no session', async () => {
      const sshd = await start('MaxSessions 0')
      const { end } = await run(await session(sshd.port, as(sshd)))
      expect(failureOf(end).code).to.equal('channel-refused')
    })

    it('agrees with a server of post-quantum key exchange only if it is OpenSSH’s client, or says so', async () => {
      const sshd = await start('KexAlgorithms sntrup761x25519-sha512@openssh.com')
      if (sshClient === 'openssh') await session(sshd.port, as(sshd))
      else {
        const error = await refusal(sshd.port, as(sshd))
        expect(error).to.include({ code: 'handshake-failed', stage: 'login' })
        expect(error.sentence).to.include('no matching key exchange algorithm')
      }
    })

    it('takes no host key that signs with SHA-1', async () => {
      const sshd = await start('HostKeyAlgorithms ssh-rsa')
      const error = await refusal(sshd.port, as(sshd))
      expect(error.code).to.equal('handshake-failed')
      expect(error.sentence).to.match(/no matching host key (?:format|type)/)
    })

    it('tries twice when sshd is full', async () => {
      const sshd = await start('MaxStartups 1:100:1')
      const holder = connect(sshd.port, '127.0.0.1')
      await new Promise(resolve => holder.once('data', resolve))
      const error = await refusal(sshd.port, as(sshd))
      holder.destroy()
      expect(error).to.include({ code: 'connection-reset', stage: 'connect' })
      expect(error.sentence).to.match(/hung up.*\(2 tries\)$/)
    })

    it('judges host keys as ssh does', async () => {
      const sshd = await start()
      const { ed25519 = '', rsa = '' } = sshd.hostKeys
      const [own, stranger] = [
        keyOf(ed25519),
        readFileSync(`${made('stranger', '-t', 'ed25519')}.pub`, 'utf8').trim(),
      ]
      const name = `[127.0.0.1]:${sshd.port}`
      const cases = [
        ed25519,
        rsa,
        '',
        `${name} ${stranger}`,
        `${name} ${stranger}\n${ed25519}`,
        `127.0.0.1 ${own}`,
        `127.0.0.1 ${stranger}`,
        `*,!${name} ${own}`,
        `[127.*,!${name} ${own}`,
        `[127.0.0.?]:* ${keyOf(rsa)}`,
        `@revoked * ${own}\n${ed25519}`,
        `@revoked * ${stranger}\n${ed25519}`,
        `@cert-authority * ${own}`,
        `@cert-authority * ${stranger}\n${ed25519}`,
      ]
      for (const text of cases) {
        const file = setup.home.write('known_hosts', `${text}\n`)
        const opened = await setup.connect(sshd.port, as(sshd))
        if ('session' in opened) opened.session.close()
        expect('error' in opened ? opened.error.code : 'accepted', text).to.equal(verdictOfSsh(sshd, file))
      }
    })
  })

const as = ({ user, key }: { readonly user: string; readonly key: string }) => ({
  options: { user, privateKeyFiles: [key] },
})

const keyOf = (line: string): string => line.split(' ').slice(1).join(' ')

const verdictOfSsh = (
  sshd: { readonly port: number; readonly user: string; readonly key: string },
  file: string,
): string => {
  const settings = [
    `UserKnownHostsFile=${file}`,
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'CheckHostIP=no',
    'KexAlgorithms=curve25519-sha256', // the default takes several times longer
  ].flatMap(setting => ['-o', setting])
  const { port, user, key } = sshd
  const args = ['-F', 'none', ...settings, '-p', String(port), '-i', key, `${user}@127.0.0.1`, 'true']
  const { status, stderr } = spawnSync('ssh', args, { encoding: 'utf8' })
  if (status === 0) return 'accepted'
  if (stderr.includes('REVOKED HOST KEY')) return 'host-key-revoked'
  if (stderr.includes('IDENTIFICATION HAS CHANGED')) return 'host-key-changed'
  return stderr.includes('host key is known') ? 'host-key-unknown' : stderr
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
