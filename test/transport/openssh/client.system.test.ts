import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import type { Session } from '../../../src/model/exec.ts'
import type { HostKeyPolicy } from '../../../src/model/host-keys.ts'
import type { SshConnection } from '../../../src/model/node.ts'
import type { NodeError } from '../../../src/model/record.ts'
import { openTransport, type TransportOptions } from '../../../src/transport/transport.ts'
import { needs } from '../../tools.ts'
import { failureOf, nodeAt, run } from '../fleet.ts'
import { type Home, makeHome } from '../home.ts'
import { type Sshd, startSshd } from '../sshd.ts'

describe('OpenSSH’s own client', function () {
  this.timeout(120_000)
  let home: Home
  let running: Sshd[] = []
  let closing: (() => void)[] = []

  before(function () {
    needs(this, 'sshd', 'ssh', 'ssh-keygen')
  })
  beforeEach(() => {
    home = makeHome()
  })
  afterEach(async () => {
    for (const close of closing) close()
    await Promise.all(running.map(sshd => sshd.stop()))
    home.remove()
    running = []
    closing = []
  })

  const path = (name: string): string => join(home.path, '.ssh', name)
  const keygen = (...args: readonly string[]): void =>
    void execFileSync('ssh-keygen', ['-q', ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
  const key = (name: string, ...args: readonly string[]): string => {
    keygen('-N', '', '-f', path(name), ...(args.length > 0 ? args : ['-t', 'ed25519']))
    return path(name)
  }
  const publicHalf = (file: string): string => readFileSync(`${file}.pub`, 'utf8')
  const start = async (lines: readonly string[] = []): Promise<Sshd> => {
    const sshd = await startSshd(mkdtempSync(join(home.path, 'sshd-')), ['MaxStartups 1000', ...lines])
    running.push(sshd)
    home.write('known_hosts', running.map(({ hostKeys }) => `${hostKeys['ed25519'] ?? ''}\n`).join(''))
    return sshd
  }
  const letIn = (sshd: Sshd, file: string): void => writeFileSync(sshd.authorizedKeys, publicHalf(file))

  interface Opened {
    readonly sessions: readonly Session[]
    readonly errors: readonly NodeError[]
    readonly told: readonly string[]
  }
  const open = async (
    sshd: Pick<Sshd, 'port'>,
    {
      names = ['web-1'],
      connection = {},
      options = {},
    }: {
      readonly names?: readonly string[]
      readonly connection?: Partial<SshConnection>
      readonly options?: TransportOptions
    } = {},
  ): Promise<Opened> => {
    const nodes = names.map(name => ({ ...nodeAt(sshd.port, connection), name }))
    const told: string[] = []
    const transport = openTransport(
      {
        home: home.path,
        agentSocket: '',
        retrySeconds: 0.05,
        tell: sentence => told.push(sentence),
        ...options,
      },
      nodes,
    )
    const { signal } = new AbortController()
    const opened = await Promise.all(nodes.map(node => transport.connect(node, signal)))
    const sessions = opened.flatMap(one => ('session' in one ? [one.session] : []))
    closing.push(() => {
      for (const session of sessions) session.close()
      transport.close()
    })
    return { sessions, errors: opened.flatMap(one => ('error' in one ? [one.error] : [])), told }
  }
  const said = async ({ sessions, errors }: Opened, command = 'echo here'): Promise<string> => {
    const [session] = sessions
    if (!session) return `${errors[0]?.code}: ${errors[0]?.sentence}`
    const { end, stdout } = await run(session, { command })
    return end.ended === 'exited' ? stdout.toString().trim() : JSON.stringify(end)
  }

  it('logs in by a user’s certificate, where the plain key is not let in', async () => {
    const [ca, user] = [key('ca'), key('id_ed25519')]
    const sshd = await start([`TrustedUserCAKeys ${ca}.pub`])
    keygen('-s', ca, '-I', 'ada', '-n', sshd.user, `${user}.pub`)
    const opened = await open(sshd)
    expect(await said(opened)).to.equal('here')
    expect(opened.told).to.deep.equal([`node web-1 goes by the OpenSSH client: certificate ${user}-cert.pub`])
    expect(sshd.log()).to.match(/Accepted publickey for .* ED25519-CERT/)
    const builtin = await open(sshd, { options: { sshClient: 'builtin' } })
    expect(builtin.errors[0]?.code).to.equal('auth-failed')
  })

  it('logs in by a certificate that an agent holds', async function () {
    needs(this, 'ssh-agent', 'ssh-add')
    const [ca, user] = [key('ca'), key('deploy')]
    const sshd = await start([`TrustedUserCAKeys ${ca}.pub`])
    keygen('-s', ca, '-I', 'ada', '-n', sshd.user, `${user}.pub`)
    await withAgent(async (socket, add) => {
      add(user)
      rmSync(user)
      rmSync(`${user}-cert.pub`)
      const opened = await open(sshd, { options: { agentSocket: socket } })
      expect(opened.told).to.deep.equal(['node web-1 goes by the OpenSSH client: a certificate in the agent'])
      expect(await said(opened)).to.equal('here')
    })
  })

  it('knows a host by its certificate, and only one of its authority and name', async () => {
    const [ca, host, user] = [key('ca'), key('host'), key('id_ed25519')]
    const sign = (name: string) => keygen('-s', ca, '-I', 'node', '-h', '-n', name, `${host}.pub`)
    sign('127.0.0.1')
    const sshd = await start([`HostKey ${host}`, `HostCertificate ${host}-cert.pub`])
    letIn(sshd, user)
    home.write('known_hosts', `@cert-authority [127.0.0.1]:${sshd.port} ${publicHalf(ca)}`)
    const opened = await open(sshd)
    expect(await said(opened)).to.equal('here')
    expect(opened.told).to.deep.equal([
      `node web-1 goes by the OpenSSH client: @cert-authority at ${path('known_hosts')}:1`,
    ])
    home.write('known_hosts', `@cert-authority [127.0.0.1]:${sshd.port} ${publicHalf(user)}`)
    const [error] = (await open(sshd)).errors
    expect(error?.code).to.equal('host-key-unknown')
    expect(error?.sentence).to.match(/127\.0\.0\.1:\d+ has ssh-ed25519\S* key SHA256:\S+, which is not in /)
    sign('another.example')
    const other = await start([`HostKey ${host}`, `HostCertificate ${host}-cert.pub`])
    home.write('known_hosts', `@cert-authority * ${publicHalf(ca)}`)
    expect((await open(other)).errors[0]?.sentence).to.match(/which is not in .*; '.*principal.*'$/)
  })

  it('agrees with a server of post-quantum key exchange only: by the configuration, or at the second try', async () => {
    const user = key('id_ed25519')
    const sshd = await start(['KexAlgorithms sntrup761x25519-sha512@openssh.com'])
    letIn(sshd, user)
    const unsaid = await open(sshd)
    expect(await said(unsaid)).to.equal('here')
    expect(unsaid.told).to.deep.equal([])
    home.write('config', 'Host *\n  KexAlgorithms sntrup761x25519-sha512@openssh.com\n')
    const configured = await open(sshd)
    expect(await said(configured)).to.equal('here')
    expect(configured.told).to.deep.equal(['node web-1 goes by the OpenSSH client: KexAlgorithms'])
  })

  it('logs in by a security key', async function () {
    needs(this, 'gcc')
    const provider = join(home.path, 'security-key.so')
    try {
      const source = 'test/transport/openssh/security-key.c'
      execFileSync('gcc', ['-shared', '-fPIC', '-o', provider, source, '-lcrypto'], { stdio: 'ignore' })
    } catch {
      this.skip() // no headers of OpenSSL
    }
    const user = key('token', '-t', 'ed25519-sk', '-w', provider)
    const sshd = await start()
    letIn(sshd, user)
    home.write('config', `Host *\n  SecurityKeyProvider ${provider}\n`)
    const opened = await open(sshd, { connection: { privateKeyFile: user } })
    expect(opened.told).to.deep.equal([`node web-1 goes by the OpenSSH client: FIDO key ${user}`])
    expect(await said(opened)).to.equal('here')
  })

  it('logs in by a key of a PKCS #11 token, whose PIN SSH_ASKPASS gives', async function () {
    needs(this, 'softhsm2-util', 'pkcs11-tool')
    const module = '/usr/lib/softhsm/libsofthsm2.so'
    if (!existsSync(module)) this.skip()
    const tokens = join(home.path, 'tokens')
    mkdirSync(tokens)
    const conf = home.write('softhsm.conf', `directories.tokendir = ${tokens}\n`)
    const askpass = home.write('askpass', '#!/bin/sh\necho 1234\n')
    execFileSync('chmod', ['700', askpass])
    const env = { SOFTHSM2_CONF: conf, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' }
    await withEnv(env, async () => {
      const quiet = { stdio: 'ignore' } as const
      execFileSync(
        'softhsm2-util',
        ['--init-token', '--free', '--label', 't', '--pin', '1234', '--so-pin', '1234'],
        quiet,
      )
      const pair = ['--keypairgen', '--key-type', 'EC:prime256v1', '--label', 'k', '--id', '01']
      execFileSync('pkcs11-tool', ['--module', module, '--login', '--pin', '1234', ...pair], quiet)
      const shown = execFileSync('ssh-keygen', ['-D', module], { encoding: 'utf8' })
      const sshd = await start()
      writeFileSync(sshd.authorizedKeys, shown)
      const words = { first: [], last: ['-o', `PKCS11Provider=${module}`] }
      const opened = await open(sshd, { connection: { words } })
      expect(opened.told).to.deep.equal(['node web-1 goes by the OpenSSH client: PKCS11Provider'])
      expect(await said(opened)).to.equal('here')
    })
  })

  it('runs two commands over one login', async () => {
    const user = key('id_ed25519')
    const sshd = await start()
    letIn(sshd, user)
    const opened = await open(sshd, { options: { sshClient: 'openssh' } })
    expect([await said(opened), await said(opened, 'echo again')]).to.deep.equal(['here', 'again'])
    expect(logins(sshd)).to.equal(1)
  })

  it('learns a host’s key where that is wanted, takes any where nothing is verified, and tells both', async () => {
    const user = key('id_ed25519')
    const sshd = await start()
    letIn(sshd, user)
    home.write('known_hosts', '')
    const node = nodeAt(sshd.port)
    const notes = async (hostKeys: HostKeyPolicy) => {
      const options = { home: home.path, agentSocket: '', sshClient: 'openssh', hostKeys } as const
      const opened = await openTransport(options).connect(node, new AbortController().signal)
      if ('session' in opened) opened.session.close()
      return 'error' in opened ? opened.error.code : (opened.hostKeys ?? [])
    }
    const host = `[127.0.0.1]:${sshd.port}`
    const unverified = await notes('off')
    expect([unverified].flat()[0]).to.include({ state: 'unverified', host })
    expect(readFileSync(path('known_hosts'), 'utf8')).to.equal('')
    const learnt = await notes('accept-new')
    expect([learnt].flat()[0]).to.include({ state: 'learnt', host, file: path('known_hosts') })
    expect(readFileSync(path('known_hosts'), 'utf8')).to.match(/^\S+ ssh-ed25519 \S+/)
    expect(await notes('accept-new')).to.deep.equal([])
    expect(await notes('strict')).to.deep.equal([])
    home.write('known_hosts', `${host} ${publicHalf(user)}`)
    expect(await notes('accept-new')).to.equal('host-key-changed')
  })

  it('tells a key that it learnt from a host with a long banner, and refuses one that it cannot remember', async () => {
    const user = key('id_ed25519')
    const sshd = await start([`Banner ${home.write('banner', `${'x'.repeat(70)}\n`.repeat(300))}`])
    letIn(sshd, user)
    home.write('known_hosts', '')
    const learning = async (knownHostsFile: string) => {
      const options = {
        home: home.path,
        agentSocket: '',
        sshClient: 'openssh',
        hostKeys: 'accept-new',
        knownHostsFiles: [knownHostsFile],
      } as const
      const opened = await openTransport(options).connect(nodeAt(sshd.port), new AbortController().signal)
      if ('session' in opened) opened.session.close()
      return opened
    }
    const learnt = await learning(path('known_hosts'))
    expect(learnt.hostKeys?.map(({ state }) => state)).to.deep.equal(['learnt'])
    const refused = await learning('/proc/none/known_hosts')
    expect('error' in refused ? refused.error.code : 'let in').to.equal('known-hosts-unwritable')
  })

  it('gives what a forced command says instead', async () => {
    const user = key('id_ed25519')
    const sshd = await start()
    writeFileSync(sshd.authorizedKeys, `command="echo forced; exit 7" ${publicHalf(user)}`)
    const { sessions } = await open(sshd, { options: { sshClient: 'openssh' } })
    const [session] = sessions
    if (!session) throw new Error('no session')
    const { end, stdout } = await run(session)
    expect([end, stdout.toString()]).to.deep.equal([{ ended: 'exited', code: 7 }, 'forced\n'])
  })

  it('keeps a banner of a login out of what a command says, and is not misled by it', async () => {
    const user = key('id_ed25519')
    const banner = join(home.path, 'banner')
    writeFileSync(
      banner,
      'debug1: Remote protocol version 2.0, x\nPermission denied (publickey)\n'.repeat(1000),
    )
    const sshd = await start([`Banner ${banner}`])
    letIn(sshd, user)
    const { sessions } = await open(sshd, { options: { sshClient: 'openssh' } })
    const [session] = sessions
    if (!session) throw new Error('no session')
    const { stdout, stderr } = await run(session, { command: 'echo here' })
    expect([stdout.toString(), stderr.toString()]).to.deep.equal(['here\n', ''])
  })

  it('is not led astray by what a configuration has for people', async () => {
    const user = key('id_ed25519')
    const sshd = await start()
    letIn(sshd, user)
    home.write(
      'config',
      `Host *
  ControlMaster auto
  ControlPath ${path('own')}
  ControlPersist 60
  PermitLocalCommand yes
  LocalCommand echo local
  RemoteCommand echo remote
  RequestTTY force
  LogLevel QUIET
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LocalForward ${sshd.port + 1} 127.0.0.1:1
  ForwardAgent yes
  ForkAfterAuthentication yes
  StdinNull yes
  SessionType subsystem
  UpdateHostKeys yes
  AddKeysToAgent yes
  SetEnv FOO=bar
`,
    )
    const words = { first: ['-q', '-v', '-t', '-n', '-A'], last: ['-o', 'BatchMode=no', '-f'] }
    const before = readFileSync(path('known_hosts'), 'utf8')
    const opened = await open(sshd, { connection: { words }, options: { sshClient: 'openssh' } })
    expect(await said(opened, 'cat; echo "${SSH_TTY:-no terminal} ${SSH_AUTH_SOCK:-no agent}"')).to.equal(
      'no terminal no agent',
    )
    expect(existsSync(path('own'))).to.equal(false)
    expect(readFileSync(path('known_hosts'), 'utf8')).to.equal(before)
    home.write('known_hosts', '')
    const refused = await open(sshd, { connection: { words }, options: { sshClient: 'openssh' } })
    expect(refused.errors.map(({ code }) => code)).to.deep.equal(['host-key-unknown'])
  })

  it('goes through a jump host that wants a certificate, many nodes over one login to it', async () => {
    const [ca, user] = [key('ca'), key('id_ed25519')]
    const node = await start()
    letIn(node, user)
    const bastion = await start([`TrustedUserCAKeys ${ca}.pub`, 'AllowTcpForwarding yes', 'MaxSessions 1'])
    keygen('-s', ca, '-I', 'ada', '-n', bastion.user, `${user}.pub`)
    home.write(
      'config',
      `Host bastion
  HostName 127.0.0.1
  Port ${bastion.port}
  StrictHostKeyChecking no
  CertificateFile ${user}-cert.pub
  IdentityFile ${user}
Host second
  HostName 127.0.0.1
  Port ${node.port}
`,
    )
    rmSync(path('id_ed25519-cert.pub'), { force: true })
    keygen('-s', ca, '-I', 'ada', '-n', bastion.user, `${user}.pub`)
    const names = Array.from({ length: 12 }, (_, at) => `web-${at}`)
    const through = { words: { first: [], last: ['-J', 'bastion'] } }
    const opened = await open(node, { names, connection: through, options: { sshClient: 'openssh' } })
    expect(opened.errors.map(({ sentence }) => sentence)).to.deep.equal([])
    expect(await said(opened)).to.equal('here')
    expect(logins(bastion)).to.equal(1)
    const two = await open(node, {
      connection: { words: { first: [], last: ['-J', 'bastion,second'] } },
      options: { sshClient: 'openssh' },
    })
    expect(await said(two)).to.equal('here')
    const none = await open({ port: 1 }, { connection: through, options: { sshClient: 'openssh' } })
    expect(await said(none)).to.match(
      /^connect-refused: node web-1: no TCP connection to 127\.0\.0\.1:1 through bastion: '.*refused' \(2 tries\)$/,
    )
    // The configuration of the jump host switches its verification off.
    home.write('known_hosts', `${node.hostKeys['ed25519'] ?? ''}\n`)
    const unknown = await open(node, { connection: through, options: { sshClient: 'openssh' } })
    expect(await said(unknown)).to.match(
      /^jump-failed: node web-1: jump host bastion: 127\.0\.0\.1:\d+ has ssh-ed25519 key SHA256:\S+, which is not in /,
    )
  })

  it('names a command that gives no way', async () => {
    const user = key('id_ed25519')
    const sshd = await start()
    letIn(sshd, user)
    const words = { first: [], last: ['-o', 'ProxyCommand=sh -c "echo no way >&2; exit 3"'] }
    const { errors } = await open(sshd, { connection: { words }, options: { sshClient: 'openssh' } })
    expect(errors[0]?.sentence).to.equal(
      `node web-1: ProxyCommand gave no way to 127.0.0.1:${sshd.port}, saying 'no way' (2 tries)`,
    )
    expect(errors[0]?.code).to.equal('proxy-failed')
  })

  it('says where it is needed and not there', async () => {
    const [error] = (await open({ port: 1 }, { connection: { sshProgram: '/nowhere/ssh' } })).errors
    expect(error).to.deep.equal({
      code: 'ssh-client-missing',
      stage: 'connect',
      sentence: 'node web-1: the OpenSSH client (/nowhere/ssh) is not installed here',
    })
  })

  it('says what is wrong with the keys', async () => {
    const sshd = await start()
    const openssh = { sshClient: 'openssh' } as const
    const [none] = (await open(sshd, { options: openssh })).errors
    expect(none?.code).to.equal('identity-missing')
    const [named] = (await open(sshd, { options: openssh, connection: { privateKeyFile: path('lost') } }))
      .errors
    expect(named).to.include({
      code: 'identity-unreadable',
      sentence: `node web-1: private key ${path('lost')} does not exist`,
    })
    const user = key('id_ed25519')
    const [refused] = (await open(sshd, { options: openssh })).errors
    expect(refused?.sentence).to.equal(
      `node web-1: ${sshd.user} was not let in at 127.0.0.1:${sshd.port} (offered ${user}; it accepts 'publickey')`,
    )
    letIn(sshd, user)
    execFileSync('chmod', ['644', user])
    const [open644] = (await open(sshd, { options: openssh, connection: { privateKeyFile: user } })).errors
    expect(open644?.code, open644?.sentence).to.equal('identity-unreadable')
  })

  for (const [how, code] of [
    ['an interruption', 'control.abort()'],
    ['an end', 'process.exit(130)'],
    ['a kill', "process.kill(process.pid, 'SIGKILL')"],
  ] as const)
    it(`leaves no process and no folder after ${how}`, async () => {
      const user = key('id_ed25519')
      const sshd = await start()
      letIn(sshd, user)
      const scratch = mkdtempSync(join(tmpdir(), 'sefleet-test-left-'))
      const child = spawn(
        process.execPath,
        ['--input-type=module', '-e', program(home.path, sshd.port, code)],
        {
          env: { ...process.env, TMPDIR: scratch },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      await once(child, 'exit')
      // Ends with the test's own limit when something stays.
      while (readdirSync(scratch).length > 0 || isRunning(scratch)) await new Promise(setImmediate)
      rmSync(scratch, { recursive: true })
    })

  it('ends what it runs when a command takes too long', async () => {
    const user = key('id_ed25519')
    const sshd = await start()
    letIn(sshd, user)
    const { sessions } = await open(sshd, { options: { sshClient: 'openssh' } })
    const [session] = sessions
    if (!session) throw new Error('no session')
    const { end } = await run(session, { command: 'sleep 5', timeoutSeconds: 0.5 })
    expect(failureOf(end).code).to.equal('exec-timeout')
    expect(failureOf((await run(session)).end).code).to.equal('connection-lost')
  })
})

const logins = (sshd: Sshd): number => sshd.log().match(/Accepted publickey/g)?.length ?? 0

const program = (home: string, port: number, then: string): string => `
import { openTransport } from ${JSON.stringify(pathToFileURL(resolve('dist/src/transport/transport.js')).href)}
const control = new AbortController()
const transport = openTransport({ home: ${JSON.stringify(home)}, agentSocket: '', sshClient: 'openssh' })
const node = { name: 'web-1', groups: [], leafGroups: [], connection: { kind: 'ssh', host: '127.0.0.1', port: ${port} } }
const { session } = await transport.connect(node, control.signal)
const hear = () => { ${then}; return true }
await session.exec({ command: 'echo; exec sleep 10', stdin: '', timeoutSeconds: 60, onStdout: hear, onStderr: hear })
session.close()
transport.close()
`

/** Whether a process has this path among its words. */
const isRunning = (text: string): boolean =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .some(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text)
      } catch {
        return false
      }
    })

const withAgent = async (
  use: (socket: string, add: (file: string) => void) => Promise<void>,
): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'sefleet-test-agent-'))
  const socket = join(folder, 'agent')
  const started = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' })
  const [, pid = ''] = /SSH_AGENT_PID=(\d+)/.exec(started) ?? []
  try {
    const env = { ...process.env, SSH_AUTH_SOCK: socket }
    await use(socket, file => execFileSync('ssh-add', ['-q', file], { env, stdio: 'ignore' }))
  } finally {
    process.kill(Number(pid))
    rmSync(folder, { recursive: true })
  }
}

const withEnv = async (values: Readonly<Record<string, string>>, use: () => Promise<void>): Promise<void> => {
  const before = { ...process.env }
  Object.assign(process.env, values)
  try {
    await use()
  } finally {
    for (const name of Object.keys(values)) delete process.env[name]
    Object.assign(process.env, before)
  }
}
