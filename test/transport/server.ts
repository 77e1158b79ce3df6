import { once } from 'node:events'
import { createServer, type Server as TcpServer, type Socket } from 'node:net'
import ssh2 from 'ssh2'
import type { AuthContext, Connection, PublicKeyAuthContext, ServerChannel } from 'ssh2'
import { type KeyPair, makeKey } from './home.ts'

/** How a test's SSH server behaves where it is not well-behaved. */
export interface Behaviour {
  readonly hostKeys?: readonly KeyPair[]
  /** Default: accepts every public key that is signed with. */
  readonly authenticate?: (context: AuthContext) => void
  /** Default: exits with 0. `socket` is the raw connection. */
  readonly onExec?: (channel: ServerChannel, command: string, connection: Connection, socket: Socket) => void
  readonly refuseExec?: boolean
  readonly refuseChannel?: boolean
  readonly ignoreChannel?: boolean
}

export interface TestServer {
  readonly port: number
  /** known_hosts lines for the server as 127.0.0.1 at its port. */
  readonly knownHosts: string
  /** How many connections came. */
  readonly connections: () => number
  /** Ends once every connection is gone. */
  readonly idle: () => Promise<void>
  readonly close: () => Promise<void>
}

export const hostKey = makeKey()

export const startSshServer = (behaviour: Behaviour = {}): Promise<TestServer> => {
  const hostKeys = behaviour.hostKeys ?? [hostKey]
  const sockets = new Map<number, Socket>()
  const server = new ssh2.Server({ hostKeys: hostKeys.map(key => key.private) }, (connection, { port }) => {
    const socket = sockets.get(port)
    if (socket) serve(connection, socket, behaviour)
  })
  return startTcpServer(socket => {
    socket.setNoDelay(true) // as sshd does; ssh2 leaves 40 ms on every connection
    sockets.set(socket.remotePort ?? 0, socket)
    server.injectSocket(socket)
  }, hostKeys)
}

const serve = (connection: Connection, socket: Socket, behaviour: Behaviour): void => {
  connection.on('error', () => undefined)
  connection.on('authentication', context => {
    if (behaviour.authenticate) return behaviour.authenticate(context)
    if (context.method === 'publickey' && isSigned(context)) context.accept()
    else context.reject(['publickey'])
  })
  connection.on('session', (accept, reject) => {
    if (behaviour.ignoreChannel) return
    if (behaviour.refuseChannel) {
      reject()
      return
    }
    accept().on('exec', (acceptExec, rejectExec, { command }) => {
      if (behaviour.refuseExec) {
        rejectExec()
        return
      }
      const channel = acceptExec()
      channel.on('error', () => undefined)
      if (behaviour.onExec) behaviour.onExec(channel, command, connection, socket)
      else {
        channel.exit(0)
        channel.end()
      }
    })
  })
}

/** Whether an offered key proves itself, or is only offered so far. */
export const isSigned = (context: PublicKeyAuthContext): boolean => {
  const { algo, data } = context.key
  if (!context.signature || !context.blob) return true
  const key = ssh2.utils.parseKey(`${algo.replace(/^rsa-sha2-\d+$/, 'ssh-rsa')} ${data.toString('base64')}`)
  return !(key instanceof Error) && key.verify(context.blob, context.signature, context.hashAlgo)
}

/** A TCP server on a free port of 127.0.0.1. */
export const startTcpServer = async (
  onConnection: (socket: Socket) => void,
  hostKeys: readonly KeyPair[] = [],
): Promise<TestServer> => {
  const sockets = new Set<Socket>()
  let connections = 0
  const server: TcpServer = createServer(socket => {
    connections++
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { port } = address
  return {
    port,
    knownHosts: hostKeys.map(key => `[127.0.0.1]:${port} ${key.public}\n`).join(''),
    connections: () => connections,
    idle: async () => {
      // Not events.once: it would fail on the reset that a hard end mostly is.
      await Promise.all([...sockets].map(socket => new Promise(resolve => socket.once('close', resolve))))
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
