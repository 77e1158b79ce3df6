import type { Socket } from 'node:net'
import { expect } from 'chai'
import type { ExecEnd, ExecRequest, Session } from '../../src/model/exec.ts'
import type { Node, SshConnection } from '../../src/model/node.ts'
import type { NodeError } from '../../src/model/record.ts'
import { openTransport, type TransportOptions } from '../../src/transport/transport.ts'
import { type Home, makeHome, makeKey } from './home.ts'
import { type Behaviour, startSshServer, startTcpServer, type TestServer } from './server.ts'

/** One test's home directory, servers and sessions; all gone after it. */
export interface Fleet {
  readonly home: Home
  readonly start: (behaviour?: Behaviour) => Promise<TestServer>
  readonly startTcp: (onConnection: (socket: Socket) => void) => Promise<TestServer>
  readonly connect: (port: number, extra?: Extra) => ReturnType<ReturnType<typeof openTransport>['connect']>
  readonly session: (port: number, extra?: Extra) => Promise<Session>
  readonly refusal: (port: number, extra?: Extra) => Promise<NodeError>
}

export interface Extra {
  readonly node?: Partial<SshConnection>
  readonly options?: TransportOptions
  readonly signal?: AbortSignal
}

/** Registers hooks in the running describe: every test gets a home with a key and an empty known_hosts. */
export const fleet = (usual: TransportOptions = {}): Fleet => {
  let home: Home | undefined
  let servers: TestServer[] = []
  let sessions: Session[] = []
  const key = makeKey()
  const here = (): Home => {
    if (!home) throw new Error('no test is running')
    return home
  }
  const keep = (server: TestServer): TestServer => {
    servers.push(server)
    if (server.knownHosts) here().write('known_hosts', servers.map(({ knownHosts }) => knownHosts).join(''))
    return server
  }
  beforeEach(() => {
    home = makeHome()
    home.write('id_ed25519', key.private)
  })
  afterEach(async () => {
    for (const session of sessions) session.close()
    await Promise.all(servers.map(server => server.close()))
    here().remove()
    home = undefined
    servers = []
    sessions = []
  })
  const connect: Fleet['connect'] = (port, { node, options, signal } = {}) =>
    openTransport({
      home: here().path,
      agentSocket: '',
      retrySeconds: 0.01,
      connectSeconds: 5,
      loginSeconds: 5,
      user: 'ada',
      ...usual,
      ...options,
    }).connect(nodeAt(port, node), signal ?? new AbortController().signal)
  return {
    get home() {
      return here()
    },
    start: async behaviour => keep(await startSshServer(behaviour)),
    startTcp: async onConnection =>
      keep(
        await startTcpServer(socket => {
          socket.resume() // or else it would never learn that the other side has gone
          onConnection(socket)
        }),
      ),
    connect,
    session: async (port, extra) => {
      const opened = await connect(port, extra)
      if ('error' in opened) throw new Error(opened.error.sentence)
      sessions.push(opened.session)
      return opened.session
    },
    refusal: async (port, extra) => {
      const opened = await connect(port, extra)
      if ('error' in opened) return opened.error
      sessions.push(opened.session)
      throw new Error('the connection was opened')
    },
  }
}

export const nodeAt = (port: number, connection: Partial<SshConnection> = {}): Node => ({
  name: 'web-1',
  groups: [],
  leafGroups: [],
  connection: { kind: 'ssh', host: '127.0.0.1', port, ...connection },
})

/** Runs a command and keeps what it said. */
export const run = async (
  session: Session,
  request: Partial<ExecRequest> = {},
): Promise<{ readonly end: ExecEnd; readonly stdout: Buffer; readonly stderr: Buffer }> => {
  const out: Buffer[] = []
  const err: Buffer[] = []
  const end = await session.exec({
    command: 'true',
    stdin: '',
    timeoutSeconds: 10,
    onStdout: chunk => out.push(chunk) > 0,
    onStderr: chunk => err.push(chunk) > 0,
    ...request,
  })
  return { end, stdout: Buffer.concat(out), stderr: Buffer.concat(err) }
}

/** The error of a failed command. */
export const failureOf = (end: ExecEnd): NodeError => {
  if (end.ended !== 'failed') expect.fail(`the command ${end.ended}`)
  return end.error
}
