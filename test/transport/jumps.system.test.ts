import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Session } from '../../src/model/exec.ts'
import type { SshConnection } from '../../src/model/node.ts'
import { openTransport, type Transport, type TransportOptions } from '../../src/transport/transport.ts'
import { nodeAt, run } from './fleet.ts'
import { type Home, makeHome, makeKey } from './home.ts'
import { type Sshd, startSshd } from './sshd.ts'

describe('through other hosts', function () {
  this.timeout(120_000)
  let folder: string
  let home: Home
  let node: Sshd
  let bastion: Sshd
  let full: Sshd
  let opened: { readonly transport: Transport; readonly sessions: Session[] }[] = []
  const key = makeKey()

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sefleet-test-jumps-'))
    home = makeHome()
    home.write('id_ed25519', key.private)
    const start = async (name: string, lines: readonly string[]): Promise<Sshd> => {
      mkdirSync(join(folder, name))
      const sshd = await startSshd(join(folder, name), lines)
      writeFileSync(sshd.authorizedKeys, `${key.public}\n`)
      return sshd
    }
    node = await start('node', ['MaxStartups 1000'])
    bastion = await start('bastion', ['AllowTcpForwarding yes', 'MaxSessions 1'])
    full = await start('full', ['AllowTcpForwarding yes', 'MaxStartups 3:50:10'])
    home.write(
      'known_hosts',
      [node, bastion, full].map(sshd => `${sshd.hostKeys['ed25519'] ?? ''}\n`).join(''),
    )
    config('')
  })
  afterEach(() => {
    for (const { transport, sessions } of opened) {
      for (const session of sessions) session.close()
      transport.close()
    }
    opened = []
  })
  after(async () => {
    await Promise.all([node, bastion, full].map(sshd => sshd.stop()))
    rmSync(folder, { recursive: true, force: true })
    home.remove()
  })

  const config = (more: string): string =>
    home.write(
      'config',
      `${more}
Host bastion full
  HostName 127.0.0.1
  IdentityFile ${join(home.path, '.ssh', 'id_ed25519')}
  UserKnownHostsFile ${join(home.path, '.ssh', 'known_hosts')}
Host bastion
  Port ${bastion.port}
Host full
  Port ${full.port}
`,
    )

  const ask = async (
    connection: Partial<SshConnection> & { readonly names?: readonly string[] },
    options: TransportOptions = {},
  ): Promise<readonly string[]> => {
    const { names = ['web-1'], ...rest } = connection
    const nodes = names.map(name => ({ ...nodeAt(node.port, rest), name }))
    const transport = openTransport(
      { home: home.path, agentSocket: '', retrySeconds: 0.05, ...options },
      nodes,
    )
    const sessions: Session[] = []
    opened.push({ transport, sessions })
    const { signal } = new AbortController()
    return Promise.all(
      nodes.map(async one => {
        const connected = await transport.connect(one, signal)
        if ('error' in connected) return `${connected.error.code}: ${connected.error.sentence}`
        sessions.push(connected.session)
        const said = await run(connected.session, { command: 'sh -s', stdin: 'echo "$SSH_CONNECTION"' })
        return said.stdout.toString().trim() === '' ? JSON.stringify(said.end) : 'answered'
      }),
    )
  }
  const w = (...last: string[]) => ({ words: { first: [], last } })

  it('ProxyJump of ssh_config, by an alias', async () => {
    config(`Host node\n  HostName 127.0.0.1\n  Port ${node.port}\n  ProxyJump bastion\n`)
    const { port: _none, ...alias } = { port: 0, host: 'node' }
    const nodes = [
      { name: 'node', groups: [], leafGroups: [], connection: { kind: 'ssh', ...alias } as const },
    ]
    const transport = openTransport({ home: home.path, agentSocket: '' }, nodes)
    opened.push({ transport, sessions: [] })
    const [one] = nodes
    if (!one) throw new Error('no node')
    const connected = await transport.connect(one, new AbortController().signal)
    expect('error' in connected ? connected.error.sentence : connected.address).to.equal(
      `127.0.0.1:${node.port}`,
    )
    config('')
  })

  it('-J and -o ProxyJump of an inventory, one host or two', async () => {
    expect(await ask(w('-J', 'bastion'))).to.deep.equal(['answered'])
    expect(await ask(w('-o', `ProxyJump=${bastion.user}@127.0.0.1:${bastion.port}`))).to.deep.equal([
      'answered',
    ])
    expect(await ask(w('-J', 'full,bastion'))).to.deep.equal(['answered'])
  })

  it('a jump host that has one before it by its own configuration', async () => {
    config('Host bastion\n  ProxyJump full\n')
    expect(await ask(w('-J', 'bastion'))).to.deep.equal(['answered'])
    config('')
  })

  it('ProxyCommand, as people write it', async () => {
    const file = config('')
    expect(await ask(w('-o', `ProxyCommand=ssh -F ${file} -W %h:%p -q bastion`))).to.deep.equal(['answered'])
  })

  it('many nodes share one login, whatever the jump host’s MaxStartups', async () => {
    const names = Array.from({ length: 200 }, (_, at) => `web-${at}`)
    const said = await ask({ ...w('-J', 'full'), names })
    expect(said.filter(one => one !== 'answered')).to.deep.equal([])
  })

  it('many nodes behind one command are not too many for the host that it goes to', async () => {
    const file = config('')
    const names = Array.from({ length: 30 }, (_, at) => `web-${at}`)
    const command = `ProxyCommand=ssh -F ${file} -o BatchMode=yes -W %h:%p full`
    const said = await ask({ ...w('-o', command), names })
    expect(said.filter(one => one !== 'answered')).to.deep.equal([])
  })

  it('a jump host that cannot be reached is one trouble, in the same words for all', async () => {
    const said = await ask({ ...w('-J', 'nobody@127.0.0.1:1'), names: ['web-1', 'web-2', 'web-3'] })
    const what = 'jump host nobody@127.0.0.1:1: no TCP connection to 127.0.0.1:1: connection refused'
    expect(said).to.deep.equal(['web-1', 'web-2', 'web-3'].map(name => `jump-failed: node ${name}: ${what}`))
  })

  for (const sshClient of ['builtin', 'openssh'] as const)
    it(`a jump host that forbids the way says so, by the client ${sshClient}`, async () => {
      const own = join(folder, `forbids-${sshClient}`)
      mkdirSync(own)
      const sshd = await startSshd(own, ['AllowTcpForwarding no'])
      try {
        writeFileSync(sshd.authorizedKeys, `${key.public}\n`)
        const known = [node, sshd].map(({ hostKeys }) => `${hostKeys['ed25519'] ?? ''}\n`).join('')
        const jump = `${sshd.user}@127.0.0.1:${sshd.port}`
        const [said = ''] = await ask(w('-J', jump), {
          sshClient,
          knownHostsFiles: [home.write('forbidding_hosts', known)],
        })
        expect(said).to.equal(
          `jump-failed: node web-1: no TCP connection to 127.0.0.1:${node.port} through ${jump}: its sshd forbids the way (AllowTcpForwarding, PermitOpen): 'open failed'`,
        )
      } finally {
        await sshd.stop()
      }
    })

  it('a jump host must show its own known key', async () => {
    const strange = home.write('strange_hosts', `${node.hostKeys['ed25519'] ?? ''}\n`)
    const [said = ''] = await ask(w('-J', `${bastion.user}@127.0.0.1:${bastion.port}`), {
      knownHostsFiles: [strange],
    })
    expect(said).to.match(
      /^jump-failed: node web-1: jump host .*: 127\.0\.0\.1:\d+ has ssh-ed25519 key SHA256:.* not in /,
    )
  })

  it('jump hosts that lead in a circle are told as that', async () => {
    config('Host bastion\n  ProxyJump full\nHost full\n  ProxyJump bastion\n')
    const said = await ask({ ...w('-J', 'bastion'), names: ['web-1', 'web-2'] })
    for (const one of said) expect(one).to.match(/^jump-failed: .*lead in a circle: /)
    config('')
  })

  it('a node behind a jump host that refuses is the node’s trouble', async () => {
    const [said = ''] = await ask({ ...w('-J', 'bastion'), port: 1 })
    expect(said).to.match(
      /^connect-refused: node web-1: no TCP connection to 127\.0\.0\.1:1 through bastion: /,
    )
  })

  it('a command that gives no wire is told with its words', async () => {
    const [said = ''] = await ask(w('-o', 'ProxyCommand=sh -c "echo no way >&2; exit 3"'))
    expect(said).to.equal(
      "proxy-failed: node web-1: ProxyCommand ended with status 3, saying 'no way' (2 tries)",
    )
  })

  it('a configuration that ssh refuses is told in its words', async () => {
    const [said = ''] = await ask(w('-o', 'NoSuchOption=1'))
    expect(said).to.match(/^ssh-config-refused: .*nosuchoption/i)
  })
})
