import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { becomeWords } from '../../src/collect/become/words.ts'
import { becomingOf, type Connection } from '../../src/model/node.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { hostListing, selectNames, selectNodes } from '../../src/inventory/select.ts'
import { needs } from '../tools.ts'
import { ansiblePython } from './oracle.ts'

const fixture = 'test/fixtures/inventory/connections.yaml'

describe('connections beside Ansible', function () {
  this.timeout(600_000)
  let folder = ''
  before(function () {
    needs(this, 'ansible')
    folder = mkdtempSync(join(tmpdir(), 'sefleet-connection-'))
    writeFileSync(join(folder, 'ansible.cfg'), '')
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const ansible = (
    asked: readonly (readonly string[])[],
    environment: Readonly<Record<string, string>> = {},
  ): readonly string[] => {
    const said = execFileSync(ansiblePython(), ['test/inventory/commands.py'], {
      input: JSON.stringify(asked.map(args => ['adhoc', ...args])),
      encoding: 'utf8',
      stdio: 'pipe',
      timeout: 500_000,
      env: { ...process.env, ANSIBLE_CONFIG: join(folder, 'ansible.cfg'), ...environment },
    })
    return JSON.parse(said) as string[] // written by commands.py
  }

  it('lead to the same address, port, user, key and root as Ansible’s own ssh command', () => {
    // A stand-in for ssh notes its arguments; the remote command carries the node's name.
    const log = join(folder, 'log')
    mkdirSync(log)
    const ssh = join(folder, 'ssh')
    writeFileSync(ssh, `#!/bin/sh\nprintf '%s\\0' "$@" > "${log}/$$"\n`, { mode: 0o755 })
    ansible([['all', '-i', fixture, '-f', '40', '-m', 'raw', '-a', 'echo node={{ inventory_hostname }}=']], {
      ANSIBLE_SSH_EXECUTABLE: ssh,
      SEFLEET_TEST_USER: 'from-environment',
      ANSIBLE_SSH_CONTROL_PATH_DIR: folder,
    })
    const theirs = readdirSync(log)
      .map(file => reachedBy(readFileSync(join(log, file), 'utf8').split('\0').slice(0, -1)))
      .filter(reached => reached.name !== undefined)
    process.env['SEFLEET_TEST_USER'] = 'from-environment'
    const nodes = selectNodes(loadInventory([fixture]))
    delete process.env['SEFLEET_TEST_USER']
    const ours = nodes.flatMap(({ name, connection }) =>
      connection.kind === 'local'
        ? []
        : {
            name,
            host: connection.host,
            port: connection.port ?? 22,
            user: connection.user,
            key: connection.privateKeyFile,
            becomes: connection.become ?? false,
          },
    )
    expect(ours.length).to.equal(nodes.length - 2) // the two that Ansible never sent to ssh
    expect(ours.length).to.be.greaterThan(25)
    expect(ours.toSorted(byName)).to.deep.equal(theirs.toSorted(byName))
  })

  it('become the same user by the same words as Ansible’s', () => {
    const log = join(folder, 'become')
    mkdirSync(log)
    const ssh = join(folder, 'become-ssh')
    // It has nobody who asks for a password, so Ansible gives up: what it would have run is known by then.
    writeFileSync(ssh, `#!/bin/sh\nprintf '%s\\0' "$@" > "${log}/$$"\n`, { mode: 0o755 })
    const fixed = 'test/fixtures/inventory/becoming.yaml'
    try {
      ansible([['all', '-i', fixed, '-f', '20', '-m', 'raw', '-a', 'echo node={{ inventory_hostname }}=']], {
        ANSIBLE_SSH_EXECUTABLE: ssh,
        ANSIBLE_SSH_CONTROL_PATH_DIR: folder,
      })
    } catch {
      // see above
    }
    const theirs = readdirSync(log).flatMap(file => {
      const command = readFileSync(join(log, file), 'utf8').split('\0').at(-2) ?? ''
      const name = /node=(.*?)=/.exec(command)?.[1]
      const [words = ''] = command.split(/ (?:-c )?(?:'+|'"'"')?\/bin\/sh /)
      return name === undefined ? [] : [{ name, words: becomeOnly(words.split(/\s+/)) }]
    })
    const ours = selectNodes(loadInventory([fixed])).map(({ name, connection }) => ({
      name,
      words: becomeOnly(
        becomeWords({ ...(becomingOf(connection, false) ?? { method: 'sudo' }), user: userOf(connection) }),
      ),
    }))
    expect(theirs.toSorted(byName)).to.deep.equal(ours.toSorted(byName))
  })

  it('list hosts as `ansible --list-hosts` does, byte for byte', () => {
    const inventory = loadInventory([fixture, 'extra-1,extra-2:22,'])
    const limits = ['all', 'outer:beta:!ranked', '*-port,extra-1']
    const theirs = ansible(
      limits.map(limit => ['all', '-i', fixture, '-i', 'extra-1,extra-2:22,', '-l', limit, '--list-hosts']),
    )
    expect(limits.map(limit => hostListing(selectNames(inventory, { limit })))).to.deep.equal(theirs)
  })
})

// Ansible says root where nothing does.
const userOf = (connection: Connection): string => connection.becoming?.user ?? 'root'

// How a password is asked for is each one's own, and Ansible's flags are -H where none are given.
const becomeOnly = (words: readonly string[]): string =>
  words
    .filter(word => word !== '')
    .join(' ')
    .replaceAll(/ -p(?: "[^"]*")?(?= )| -[knHS]+(?= |$)/g, '')

const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }): number =>
  String(a.name) < String(b.name) ? -1 : 1

const reachedBy = (args: readonly string[]) => {
  const option = (name: string): string | undefined => {
    const found = args.find(arg => arg.startsWith(`${name}=`))
    return found?.slice(name.length + 1).replace(/^"(.*)"$/, '$1')
  }
  // … -o ControlPath="…" [-tt] HOST COMMAND
  const command = args.at(-1) ?? ''
  return {
    name: /node=(.*?)=/.exec(command)?.[1],
    host: args.at(-2),
    port: Number(option('Port') ?? 22),
    user: option('User'),
    key: option('IdentityFile'),
    becomes: /\bsudo\b/.test(command),
  }
}
