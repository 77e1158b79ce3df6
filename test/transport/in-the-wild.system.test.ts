import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { loadInventory } from '../../src/inventory/load.ts'
import { selectNodes } from '../../src/inventory/select.ts'
import { openTransport } from '../../src/transport/transport.ts'
import { needs } from '../tools.ts'
import { run } from './fleet.ts'
import { type Home, makeHome, makeKey } from './home.ts'
import { type Sshd, startSshd } from './sshd.ts'

const fixtures = 'test/fixtures/wild'

/** Public inventories put their nodes behind a bastion; each is asked as it stands. */
describe('inventories as they are written', function () {
  this.timeout(120_000)
  let folder: string
  let home: Home
  let node: Sshd
  let bastion: Sshd
  const key = makeKey()

  before(async function () {
    needs(this, 'sshd', 'ssh', 'ssh-keygen')
    folder = mkdtempSync(join(tmpdir(), 'sefleet-wild-'))
    home = makeHome()
    const start = async (name: string, lines: readonly string[]): Promise<Sshd> => {
      mkdirSync(join(folder, name))
      const sshd = await startSshd(join(folder, name), lines, { listen: '0.0.0.0' })
      writeFileSync(sshd.authorizedKeys, `${key.public}\n`)
      return sshd
    }
    node = await start('node', [])
    bastion = await start('bastion', ['AllowTcpForwarding yes'])
    const hostKeyOf = (sshd: Sshd) => (sshd.hostKeys['ed25519'] ?? '').replace(/^\S+ /, '')
    const known = [
      ...['127.0.41.1', '127.0.41.2'].map(host => `[${host}]:${node.port} ${hostKeyOf(node)}\n`),
      ...['127.0.42.1', '127.0.42.2'].map(host => `[${host}]:${bastion.port} ${hostKeyOf(bastion)}\n`),
    ]
    const values: Readonly<Record<string, string>> = {
      NODE1: '127.0.41.1',
      NODE2: '127.0.41.2',
      BASTION2: '127.0.42.2',
      BASTION: '127.0.42.1',
      BPORT: String(bastion.port),
      PORT: String(node.port),
      USER: node.user,
      KEY: home.write('bastion.pem', key.private),
      KNOWN: home.write('known_hosts', known.join('')),
      BIN: folder,
    }
    // ssh gives a jump host no -i of the node's: it is logged in to with the user's own key.
    home.write('id_ed25519', key.private)
    const filled = (text: string): string =>
      text.replaceAll(
        /\b(?:NODE[12]|BASTION2?|BPORT|PORT|USER|KEY|KNOWN|BIN)\b/g,
        name => values[name] ?? name,
      )
    for (const file of readdirSync(fixtures))
      writeFileSync(join(folder, file), filled(readFileSync(join(fixtures, file), 'utf8')))
    // What goes through somebody’s cloud goes through the bastion here, by the same kind of command.
    const through = (host: string) =>
      `#!/bin/sh\nexec ssh -F ${join(folder, 'ssh_config')} -o BatchMode=yes -W "${host}:${node.port}" gate\n`
    writeFileSync(join(folder, 'aws'), through('$4'), { mode: 0o755 })
    writeFileSync(join(folder, 'cloudflared'), through('$4'), { mode: 0o755 })
  })
  after(async () => {
    await Promise.all([node, bastion].map(sshd => sshd?.stop()))
    rmSync(folder, { recursive: true, force: true })
    home.remove()
  })

  const inventories = readdirSync(fixtures).filter(file => /^\d\d-/.test(file))
  it('are twelve', () => expect(inventories.length).to.be.at.least(12))

  for (const file of inventories)
    it(file, async () => {
      const path = join(folder, file)
      const limit = /^# -l (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1]
      const said: string[] = []
      const nodes = selectNodes(loadInventory([path]), {
        ...(limit === undefined ? {} : { limit }),
        warn: sentence => said.push(sentence),
      })
      expect(nodes.length).to.be.greaterThan(0)
      const before = logins(bastion)
      const transport = openTransport({ home: home.path, agentSocket: '' }, nodes)
      const { signal } = new AbortController()
      const answers = await Promise.all(
        nodes.map(async one => {
          const connected = await transport.connect(one, signal)
          if ('error' in connected) return connected.error.sentence
          const { stdout } = await run(connected.session, { command: 'echo "$SSH_CONNECTION"' })
          connected.session.close()
          return stdout.toString().split(' ')[2] ?? ''
        }),
      )
      transport.close()
      expect(answers.map(answer => answer.slice(0, 9))).to.deep.equal(
        nodes.map(() => '127.0.41.'),
        answers.join('\n'),
      )
      expect(logins(bastion), 'it was the bastion that led there').to.be.greaterThan(before)
      // Host keys are verified although some of them say not to; what to do instead is one sentence.
      const isOff = /StrictHostKeyChecking=no/.test(readFileSync(path, 'utf8'))
      expect(said.filter(one => one.includes('--host-keys accept-new')).length).to.equal(isOff ? 1 : 0)
    })
})

const logins = (sshd: Sshd): number => sshd.log().match(/Accepted publickey/g)?.length ?? 0
