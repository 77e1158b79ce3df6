import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTransport } from '../../src/transport/transport.ts'
import { findSettings } from '../../src/transport/settings/finder.ts'
import { askSsh, type Question } from '../../src/transport/settings/ssh-g.ts'
import { run } from '../transport/fleet.ts'
import { makeHome, makeKey } from '../transport/home.ts'
import { startSshd } from '../transport/sshd.ts'

/*
 * `npm run bench:reach`: what asking ssh for its configuration costs a node beside asking it for each, and how many round trips a
 * node takes over a line of 50 ms each way, beside ssh itself.
 */
const folder = mkdtempSync(join(tmpdir(), 'sefleet-bench-'))
const home = makeHome()
const print = (line: string): boolean => process.stdout.write(`${line}\n`)
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const started = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - started) / 1e9
}

try {
  const count = 1000
  const config = join(folder, 'config')
  writeFileSync(
    config,
    'Host node-1*\n  Port 2222\nHost *.example\n  ProxyJump bastion\nHost *\n  User ops\n  IdentityFile ~/.ssh/ops\n',
  )
  const questions = Array.from({ length: count }, (_, index): Question => ({
    host: `node-${index}${index % 3 === 0 ? '.example' : ''}`,
    words: ['-o', 'ConnectTimeout=5'],
  }))
  let processes = 0
  const ask = askSsh()
  const shared = await seconds(() =>
    findSettings(questions, {
      configFile: config,
      home: home.path,
      ask: question => {
        processes++
        return ask(question)
      },
    }),
  )
  const few = 50
  const each = await seconds(async () => {
    for (const { host, words } of questions.slice(0, few))
      await ask({ host, words: ['-F', config, ...words] })
  })
  const perNode = (1000 * shared) / count
  const alone = (1000 * each) / few
  print(
    `ssh -G for ${count} nodes: ${perNode.toFixed(2)} ms a node with ${processes} processes; one process a node: ${alone.toFixed(1)} ms (${(alone / perNode).toFixed(0)} times)`,
  )

  mkdirSync(join(folder, 'sshd'))
  const sshd = await startSshd(join(folder, 'sshd'), ['KexAlgorithms curve25519-sha256'])
  const key = makeKey()
  writeFileSync(sshd.authorizedKeys, `${key.public}\n`)
  const keyFile = home.write('id_ed25519', key.private)
  const oneWay = 50
  const sockets = new Set<Socket>()
  const slow = createServer(socket => {
    const far = dial({ port: sshd.port, host: '127.0.0.1', noDelay: true })
    socket.setNoDelay(true)
    for (const [from, to] of [
      [socket, far],
      [far, socket],
    ] as const) {
      sockets.add(from)
      from.on('data', (bytes: Buffer) => setTimeout(() => to.writable && to.write(bytes), oneWay))
      from.on('end', () => setTimeout(() => to.end(), oneWay))
      from.on('error', () => to.destroy())
    }
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => slow.once('listening', resolve))
  const address = slow.address()
  const slowPort = typeof address === 'object' && address ? address.port : 0
  const lines = (port: number) =>
    Object.values(sshd.hostKeys)
      .map(line => `${line.replace(`:${sshd.port} `, `:${port} `)}\n`)
      .join('')
  const knownHosts = home.write('known_hosts', lines(sshd.port) + lines(slowPort))
  const transport = openTransport({ home: home.path, agentSocket: '', user: sshd.user, configFile: 'none' })
  const { signal } = new AbortController()
  const once = (port: number) =>
    seconds(async () => {
      const connected = await transport.connect(
        { name: 'n', groups: [], leafGroups: [], connection: { kind: 'ssh', host: '127.0.0.1', port } },
        signal,
      )
      if ('error' in connected) throw new Error(connected.error.sentence)
      await run(connected.session, { command: 'sh -s', stdin: 'echo here' })
      connected.session.close()
    })
  const bySsh = (port: number) =>
    seconds(
      () =>
        new Promise<void>((resolve, reject) => {
          const options = ['BatchMode=yes', `UserKnownHostsFile=${knownHosts}`].flatMap(one => ['-o', one])
          const words = ['-F', 'none', '-i', keyFile, '-p', String(port), ...options, '-l', sshd.user]
          const child = execFile('ssh', [...words, '127.0.0.1', 'sh -s'], error =>
            error ? reject(error) : resolve(),
          )
          child.stdin?.end('echo here')
        }),
    )
  const trips = async (way: (port: number) => Promise<number>): Promise<number> => {
    await way(sshd.port)
    const times = []
    for (let round = 0; round < 5; round++) times.push((await way(slowPort)) - (await way(sshd.port)))
    return (times.toSorted((a, b) => a - b)[2] ?? NaN) / ((2 * oneWay) / 1000)
  }
  const ours = await trips(once)
  const theirs = await trips(bySsh)
  print(
    `round trips a node over a line of ${oneWay} ms each way (login, a command, its answer): ${ours.toFixed(1)}; ssh: ${theirs.toFixed(1)}`,
  )
  transport.close()
  slow.close()
  for (const socket of sockets) socket.destroy()
  await sshd.stop()
} finally {
  home.remove()
  rmSync(folder, { recursive: true, force: true })
}
