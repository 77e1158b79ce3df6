import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { loadNodes } from '../../src/lab/data.ts'
import { makeRoot } from '../../src/lab/root.ts'
import { linkTools } from '../../src/lab/tools.ts'
import { freePort, startSshd, type Sshd } from '../transport/sshd.ts'

export interface Fleet {
  readonly inventory: string
  readonly knownHosts: string
  readonly privateKey: string
  /** Node → the lab's node it is made like. */
  readonly kinds: ReadonlyMap<string, string>
  /** Processes on this machine that carry a made-up root of this fleet in their environment. */
  leftovers(): readonly string[]
  stop(): Promise<void>
}

/**
 * `good` nodes behind Debian's sshd, an address of the loopback range and a made-up root each, and beside them, where
 * asked for, one node in each kind of trouble.
 */
export const startFleet = async (folder: string, good: number, withTrouble: boolean): Promise<Fleet> => {
  chmodSync(folder, 0o711)
  const roots = join(folder, 'roots')
  mkdirSync(roots)
  const tools = linkTools(roots, process.env['PATH'] ?? '')
  const lab = [...loadNodes()]
  const kinds = new Map(
    Array.from({ length: good }, (_, index) => [
      `good-${String(index + 1).padStart(2, '0')}`,
      lab[index % lab.length]?.[0] ?? '',
    ]),
  )
  const now = Math.floor(Date.now() / 1000)
  const commands = [...kinds].map(([name, kind]) => {
    const data = lab.find(([one]) => one === kind)?.[1]
    if (!data) throw new Error(`no lab node ${kind}`)
    const { root, bin } = makeRoot(roots, name, data, { now })
    return { name, command: `R='${root}' PATH='${bin}:${tools}' exec sh -c "$SSH_ORIGINAL_COMMAND"` }
  })
  const first = commands[0]?.command.replace('exec sh -c "$SSH_ORIGINAL_COMMAND"', '') ?? ''
  const trouble = withTrouble
    ? [
        // The script is fed up to its sixth question; then its stdin stays open, for longer than the client waits.
        { name: 'stalled', command: `{ sed '/^ask 5 /q'; exec sleep 100; } | ${first} sh -s` },
        { name: 'flood', command: 'head -c 1073741824 /dev/zero' },
        { name: 'nonsense', command: 'echo "Welcome to the appliance. Unauthorised use is forbidden."' },
      ]
    : []
  const nodes = [...commands, ...trouble].map((one, index) => ({
    ...one,
    address: `127.0.${10 + Math.floor(index / 200)}.${(index % 200) + 1}`,
  }))
  const key = join(folder, 'id_ed25519')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
  const serve = async (name: string, listen: string, matches: readonly string[]): Promise<Sshd> => {
    mkdirSync(join(folder, name))
    const sshd = await startSshd(
      join(folder, name),
      ['MaxStartups 1000', 'MaxSessions 100', 'KexAlgorithms curve25519-sha256'],
      { listen, matches },
    )
    writeFileSync(sshd.authorizedKeys, readFileSync(`${key}.pub`))
    return sshd
  }
  const sshd = await serve(
    'sshd',
    '0.0.0.0',
    nodes.flatMap(({ address, command }) => [`Match LocalAddress ${address}`, `  ForceCommand ${command}`]),
  )
  const hostKey = (sshd.hostKeys['ed25519'] ?? '').replace(/^\S+ /, '')
  const extra = withTrouble
    ? await makeTrouble(serve, hostKey)
    : { hosts: [], lines: [], stop: async () => {} }
  const inventory = join(folder, 'fleet.yaml')
  const hosts = [...nodes.map(({ name, address }) => ({ name, address, port: sshd.port })), ...extra.hosts]
  writeFileSync(
    inventory,
    `fleet:\n  hosts:\n${hosts.map(({ name, address, port }) => `    ${name}: { ansible_host: ${address}, ansible_port: ${port} }\n`).join('')}`,
  )
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(
    knownHosts,
    [...nodes.map(({ address }) => `[${address}]:${sshd.port} ${hostKey}\n`), ...extra.lines].join(''),
  )
  return {
    inventory,
    knownHosts,
    privateKey: key,
    kinds,
    leftovers: () => processesWith(roots),
    stop: async () => {
      await Promise.all([sshd.stop(), extra.stop()])
    },
  }
}

interface Host {
  readonly name: string
  readonly address: string
  readonly port: number
}

const makeTrouble = async (
  serve: (name: string, listen: string, matches: readonly string[]) => Promise<Sshd>,
  otherKey: string,
): Promise<{ readonly hosts: readonly Host[]; readonly lines: readonly string[]; stop(): Promise<void> }> => {
  const silent: Server = createServer(socket => socket.on('error', () => {}))
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
  const address = silent.address()
  const silentPort = typeof address === 'object' && address ? address.port : 0
  const changed = await serve('changed', '127.0.0.1', [])
  return {
    hosts: [
      { name: 'refused', address: '127.0.0.1', port: await freePort() },
      { name: 'silent', address: '127.0.0.1', port: silentPort },
      { name: 'changed', address: '127.0.0.1', port: changed.port },
    ],
    lines: [`[127.0.0.1]:${changed.port} ${otherKey}\n`],
    stop: async () => {
      await changed.stop()
      silent.close()
    },
  }
}

const processesWith = (text: string): readonly string[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap(pid => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
        return environment.includes(`R=${text}`)
          ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')}`]
          : []
      } catch {
        return [] // it ended between the two looks
      }
    })
