import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { needs } from '../tools.ts'
import type { Connected } from '../../src/model/exec.ts'
import { openTransport, type TransportOptions } from '../../src/transport/transport.ts'
import { fleet, nodeAt } from './fleet.ts'
import { makeKey, makeRsaKey } from './home.ts'
import { hostKey } from './server.ts'

describe('a host key that is not known', () => {
  const setup = fleet()
  const { start } = setup
  const acceptNew = { hostKeys: 'accept-new' } as const
  const file = (): string => join(setup.home.path, '.ssh', 'known_hosts')
  const text = (): string => readFileSync(file(), 'latin1')
  /** `learnt`, `unverified`, `known` or the code of the refusal. */
  const outcomeOf = (connected: Connected): string => {
    if ('error' in connected) return connected.error.code
    connected.session.close()
    return connected.hostKeys?.map(({ state }) => state).join() ?? 'known'
  }
  const ask = async (port: number, options: TransportOptions): Promise<string> =>
    outcomeOf(await setup.connect(port, { options }))

  it('is remembered by accept-new, and must be the same from then on', async () => {
    const { port } = await start()
    setup.home.write('known_hosts', '')
    expect(await ask(port, {})).to.equal('host-key-unknown')
    expect(text()).to.equal('')
    expect(await ask(port, acceptNew)).to.equal('learnt')
    expect(text()).to.equal(`[127.0.0.1]:${port} ${hostKey.public}\n`)
    expect(await ask(port, acceptNew)).to.equal('known')
    expect(await ask(port, {})).to.equal('known')
    expect(text()).to.equal(`[127.0.0.1]:${port} ${hostKey.public}\n`)
  })

  it('is told with its name, its fingerprint and the file that it went to', async () => {
    const { port } = await start()
    setup.home.write('known_hosts', '')
    const connected = await setup.connect(port, { options: acceptNew })
    if ('error' in connected) throw new Error(connected.error.sentence)
    connected.session.close()
    const [note] = connected.hostKeys ?? []
    expect(note).to.deep.include({ state: 'learnt', host: `[127.0.0.1]:${port}`, file: file() })
    expect(note?.key).to.match(/^ssh-ed25519 key SHA256:\S{43}$/)
  })

  it('goes to a file for its owner alone, in a folder that is made', async () => {
    const { port } = await start()
    const folder = join(setup.home.path, 'elsewhere')
    const own = join(folder, 'keys')
    expect(await ask(port, { ...acceptNew, knownHostsFiles: [own] })).to.equal('learnt')
    expect([statSync(own).mode & 0o777, statSync(folder).mode & 0o777]).to.deep.equal([0o600, 0o700])
    rmSync(folder, { recursive: true })
  })

  it('is added behind a last line that has no end', async () => {
    const { port } = await start()
    const before = `db-1 ${makeKey().public}`
    setup.home.write('known_hosts', before)
    await ask(port, acceptNew)
    expect(text()).to.equal(`${before}\n[127.0.0.1]:${port} ${hostKey.public}\n`)
  })

  it('is written as ssh writes it where names are to be hashed', async function () {
    needs(this, 'ssh-keygen')
    const { port } = await start()
    setup.home.write('known_hosts', '')
    setup.home.write('config', 'HashKnownHosts yes\n')
    expect(await ask(port, acceptNew)).to.equal('learnt')
    expect(text()).to.match(/^\|1\|\S{28}\|\S{28} ssh-ed25519 \S+\n$/)
    const found = execFileSync('ssh-keygen', ['-f', file(), '-F', `[127.0.0.1]:${port}`], {
      encoding: 'utf8',
    })
    expect(found).to.include(hostKey.public.split(' ')[1])
    expect(await ask(port, {})).to.equal('known')
  })

  it('is remembered where the user’s ssh_config says accept-new, and never because it says no', async () => {
    const { port } = await start()
    setup.home.write('known_hosts', '')
    for (const no of ['StrictHostKeyChecking no', 'StrictHostKeyChecking off\nUserKnownHostsFile /dev/null'])
      expect(await ask(port, { configFile: setup.home.write('config', `${no}\n`) })).to.equal(
        'host-key-unknown',
      )
    const configFile = setup.home.write('config', 'StrictHostKeyChecking accept-new\n')
    expect(await ask(port, { configFile, hostKeys: 'strict' })).to.equal('host-key-unknown')
    expect(await ask(port, { configFile })).to.equal('learnt')
  })

  it('that has changed is refused by accept-new, and one that is revoked in any case', async () => {
    const { port } = await start()
    setup.home.write('known_hosts', `[127.0.0.1]:${port} ${makeKey().public}\n`)
    expect(await ask(port, acceptNew)).to.equal('host-key-changed')
    setup.home.write('known_hosts', `[127.0.0.1]:${port} ${makeRsaKey().public}\n`)
    expect(await ask(port, acceptNew)).to.equal('host-key-changed')
    setup.home.write('known_hosts', `@revoked * ${hostKey.public}\n`)
    expect(await ask(port, acceptNew)).to.equal('host-key-revoked')
    expect(await ask(port, { hostKeys: 'off' })).to.equal('host-key-revoked')
  })

  it('is let in by off, unknown or changed, said to be unverified, and nothing is remembered', async () => {
    const { port } = await start()
    for (const known of ['', `[127.0.0.1]:${port} ${makeKey().public}\n`]) {
      setup.home.write('known_hosts', known)
      expect(await ask(port, { hostKeys: 'off' })).to.equal('unverified')
      expect(text()).to.equal(known)
    }
    setup.home.write('known_hosts', `[127.0.0.1]:${port} ${hostKey.public}\n`)
    expect(await ask(port, { hostKeys: 'off' })).to.equal('known')
  })

  it('is not remembered of one who was never let in to prove it', async () => {
    const { port } = await setup.startTcp(socket => socket.end('SSH-2.0-liar\r\n'))
    setup.home.write('known_hosts', '')
    expect(await ask(port, acceptNew)).to.match(/^(connection-reset|handshake-failed)$/)
    expect(text()).to.equal('')
  })

  it('is told and kept although the login fails afterwards', async () => {
    const { port } = await start({ authenticate: context => context.reject(['publickey']) })
    setup.home.write('known_hosts', '')
    const connected = await setup.connect(port, { options: acceptNew })
    expect(outcomeOf(connected)).to.equal('auth-failed')
    expect(connected.hostKeys?.map(({ state }) => state)).to.deep.equal(['learnt'])
  })

  it('is a coded trouble of its node where it cannot be kept', async () => {
    const { port } = await start()
    setup.home.write('known_hosts', '')
    const connected = await setup.connect(port, {
      options: { ...acceptNew, knownHostsFiles: ['/proc/here/keys'] },
    })
    if (!('error' in connected)) throw new Error('it was let in')
    expect(connected.error.code).to.equal('known-hosts-unwritable')
    expect(connected.error.sentence).to.include('cannot be added to /proc/here/keys')
  })

  it('is learnt once by many at the same moment, and two that differ under one name are told', async () => {
    const [first, second] = [await start(), await start({ hostKeys: [makeKey()] })]
    const shared = setup.home.write('shared', '')
    const options: TransportOptions = {
      home: setup.home.path,
      agentSocket: '',
      user: 'ada',
      knownHostsFiles: [shared],
      ...acceptNew,
    }
    const transport = openTransport(options)
    const { signal } = new AbortController()
    const connect = (port: number) =>
      transport.connect(nodeAt(port, { words: { first: [], last: ['-o', 'HostKeyAlias=cluster'] } }), signal)
    const alike = await Promise.all(Array.from({ length: 20 }, () => connect(first.port)))
    expect(alike.map(outcomeOf).toSorted()).to.deep.equal([
      ...Array.from({ length: 19 }, () => 'known'),
      'learnt',
    ])
    expect(readFileSync(shared, 'latin1')).to.equal(`cluster ${hostKey.public}\n`)
    const other = await connect(second.port)
    expect(outcomeOf(other)).to.equal('host-key-changed')
    transport.close()
  })

  it('does not lose what somebody else adds at the same moment', async () => {
    const servers = await Promise.all(Array.from({ length: 10 }, () => start({ hostKeys: [makeKey()] })))
    const shared = setup.home.write('shared', '')
    // Each has its own transport, as two runs would.
    await Promise.all(servers.map(({ port }) => ask(port, { ...acceptNew, knownHostsFiles: [shared] })))
    const lines = readFileSync(shared, 'latin1').split('\n')
    expect(lines.pop()).to.equal('')
    expect(lines.toSorted()).to.deep.equal(servers.map(({ knownHosts }) => knownHosts.trim()).toSorted())
  })

  it('of a known_hosts file that only this node’s configuration names, and that cannot be read, is its own trouble', async () => {
    const { port } = await start()
    const connected = await setup.connect(port, {
      node: { words: { first: [], last: ['-o', `UserKnownHostsFile=${setup.home.path}`] } },
    })
    expect(outcomeOf(connected)).to.equal('known-hosts-unreadable')
  })
})
