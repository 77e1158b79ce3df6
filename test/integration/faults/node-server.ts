import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import ssh2 from 'ssh2'
import type { AuthContext, Connection, ServerConfig } from 'ssh2'
import { type KeyPair, makeKey } from '../../transport/home.ts'
import { isSigned } from '../../transport/server.ts'
import { answer, calm } from './answers.ts'
import type { Does, LinkEnd } from './table.ts'

export const hostKeys = { good: makeKey(), other: makeKey(), unknown: makeKey(), revoked: makeKey() }

/** The address of a node, and of the jump host that is its own. */
export const addressOf = (index: number): string => `127.0.40.${index + 1}`
export const jumpOf = (address: string): string => address.replace('.40.', '.42.')

/** Many nodes on one port, each at an address of its own, and jump hosts beside them. */
export interface NodeServer {
  readonly port: number
  /** From now on: who is in which trouble, by address. */
  readonly troubles: Map<string, Does>
  /** Once every connection is gone; those that were not read any more are read to their end. */
  readonly idle: () => Promise<void>
  readonly close: () => Promise<void>
}

export const startNodes = async (): Promise<NodeServer> => {
  const sockets = new Set<Socket>()
  const troubles = new Map<string, Does>()
  const seen = new Map<string, number>()
  const goodServer = sshServer(undefined, hostKeys.good.private, sockets)
  const server = createServer(socket => {
    socket.setNoDelay(true) // as sshd does; ssh2 leaves 40 ms on every connection
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
    const address = socket.localAddress ?? ''
    const does = troubles.get(address)
    const count = (seen.get(address) ?? 0) + 1
    seen.set(address, count)
    if (!does) return goodServer.injectSocket(socket)
    if (speaksNoSsh(socket, does, count)) return
    sshServer(does, keyFor(does), sockets).injectSocket(socket)
  })
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const clear = troubles.clear.bind(troubles)
  troubles.clear = () => {
    seen.clear()
    clear()
  }
  return {
    port: address.port,
    troubles,
    idle: async () => {
      await Promise.all(
        [...sockets].map(socket => {
          socket.resume()
          return new Promise(resolve => socket.once('close', resolve))
        }),
      )
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const endLink = (socket: Socket, how: LinkEnd): void => {
  if (how === 'closes') socket.end()
  else if (how === 'resets') socket.resetAndDestroy()
}

/** Whether that was all it does. */
const speaksNoSsh = (socket: Socket, does: Does, count: number): boolean => {
  if ('first' in does || ('jump' in does && does.jump === 'resets-once')) {
    if (count > 1) return false
    socket.resetAndDestroy()
    return true
  }
  if ('trickles' in does) {
    socket.resume()
    const timer = setInterval(() => socket.write(does.trickles), 50)
    socket.once('close', () => clearInterval(timer))
    return true
  }
  if ('answer' in does || !('last' in does)) return false
  const { says = '', times = 1, noise = 0, after, last } = does
  socket.resume()
  if (says !== '') socket.write(Buffer.from(says.repeat(times), 'latin1'))
  if (noise > 0) socket.write(Buffer.alloc(noise, 0xff))
  if (after === undefined) endLink(socket, last)
  else socket.once('data', () => endLink(socket, last))
  return true
}

const keyFor = (does: Does): ServerConfig['hostKeys'][number] => {
  if ('jump' in does && does.jump === 'unknown') return hostKeys.unknown.private
  if (!('shows' in does)) return hostKeys.good.private
  return does.shows === 'unproved' ? unprovable(hostKeys.good, hostKeys.other) : hostKeys[does.shows].private
}

/** Shows one key, and signs with another. */
const unprovable = (shown: KeyPair, own: KeyPair): ServerConfig['hostKeys'][number] => {
  const [key, signer] = [parse(shown), parse(own)]
  key.sign = (data, algorithm) => signer.sign(data, algorithm)
  return { key: key as unknown as string, passphrase: '' } // ssh2 takes parsed keys; its types do not say so
}

const parse = (pair: KeyPair): ssh2.ParsedKey => {
  const key = ssh2.utils.parseKey(pair.private)
  if (key instanceof Error) throw key
  return key
}

const sshServer = (
  does: Does | undefined,
  hostKey: ServerConfig['hostKeys'][number],
  all: ReadonlySet<Socket>,
): ssh2.Server => {
  const sockets = new Map<string, Socket>()
  const offers = does && 'offers' in does ? does.offers : {}
  const server = new ssh2.Server(
    {
      hostKeys: [hostKey],
      algorithms: offers as NonNullable<ServerConfig['algorithms']>, // the words stand in our own table
      ...(does && 'banner' in does ? { banner: 'x'.repeat(does.banner) } : {}),
    },
    (connection, { ip, port }) => {
      const socket = sockets.get(`${ip} ${port}`)
      if (socket) serve(connection, socket, does, all)
    },
  )
  const inject = server.injectSocket.bind(server)
  server.injectSocket = socket => {
    sockets.set(`${socket.remoteAddress} ${socket.remotePort}`, socket)
    inject(socket)
  }
  return server
}

const serve = (
  connection: Connection,
  socket: Socket,
  does: Does | undefined,
  all: ReadonlySet<Socket>,
): void => {
  connection.on('error', () => undefined)
  connection.on('authentication', context => authenticate(context, socket, does))
  let sessions = 0
  connection.on('session', (accept, reject) => {
    sessions++
    if (does && 'channel' in does)
      return does.channel === 'refuses' ? reject() : endLink(socket, does.channel)
    if (does && 'policy' in does && does.policy === 'refuses' && sessions > 1) return reject()
    accept().on('exec', (acceptExec, rejectExec) => {
      if (does && 'command' in does) return rejectExec()
      const channel = acceptExec()
      channel.on('error', () => undefined)
      channel.stderr.on('error', () => undefined)
      if (does && 'jump' in does && does.jump === 'goes-away') {
        answer({ channel, connection, socket }, { answer: ['hello', 'answer'], last: 'waits' })
        const jump = jumpOf(socket.localAddress ?? '')
        void endOnceCalm(() => [...all].filter(one => one.localAddress === jump))
      } else answer({ channel, connection, socket }, does)
    })
  })
  connection.on('tcpip', (accept, reject, { destIP, destPort }) =>
    forward(connection, { accept, reject, host: destIP, port: destPort }, does),
  )
}

const endOnceCalm = async (sockets: () => readonly Socket[]): Promise<void> => {
  await calm()
  for (const socket of sockets()) socket.resetAndDestroy()
}

const authenticate = (context: AuthContext, socket: Socket, does: Does | undefined): void => {
  const how = loginOf(does)
  switch (how) {
    case 'stalls':
    case 'waits':
      return
    case 'closes':
    case 'resets':
      return endLink(socket, how)
    case 'refuses':
      return context.reject(['publickey'])
    case 'wrong-password':
    case 'wants-password':
      return context.reject(['password'])
    case 'asks':
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
      context.prompt([{ prompt: 'Verification code: ', echo: false }], () => undefined)
      return
    case 'wants-more':
      if (context.method === 'publickey' && isSigned(context)) return context.reject(['publickey'], true)
      return context.method === 'publickey' ? context.accept() : context.reject(['publickey'])
    case 'asks-nothing': {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
      const again = () => context.prompt([], () => setTimeout(again, 20))
      return again()
    }
    default:
      if (context.method === 'publickey' && isSigned(context)) context.accept()
      else context.reject(['publickey'])
  }
}

const loginOf = (does: Does | undefined): string => {
  if (!does) return ''
  if ('jump' in does) return does.jump
  if ('login' in does) return does.login
  return 'password' in does ? 'wrong-password' : ''
}

interface Forward {
  readonly accept: () => ssh2.ServerChannel
  readonly reject: () => void
  readonly host: string
  readonly port: number
}

const refusals: Readonly<Record<string, readonly [reason: number, words: string]>> = {
  prohibits: [1, 'open failed'],
  refused: [2, 'Connection refused'],
  timeout: [2, 'Connection timed out'],
  name: [2, 'Name or service not known'],
  route: [2, 'No route to host'],
}

const forward = (
  connection: Connection,
  { accept, reject, host, port }: Forward,
  does: Does | undefined,
): void => {
  const how = does && 'jump' in does ? does.jump : ''
  const refusal = refusals[how]
  if (refusal) return refuseWith(connection, reject, refusal)
  if (how === 'swallows') return
  const channel = accept()
  channel.on('error', () => undefined)
  if (how === 'hangs-up') return void channel.end()
  if (how === 'silent') return
  const onward = connect(port, host)
  onward.on('error', () => channel.end()).on('close', () => channel.end())
  channel.on('close', () => onward.destroy())
  channel.pipe(onward).pipe(channel)
}

// ssh2's reject takes neither reason nor words.
const refuseWith = (
  connection: Connection,
  reject: () => void,
  [reason, words]: readonly [number, string],
): void => {
  const { _protocol: protocol } = connection as unknown as {
    _protocol: { channelOpenFail: (recipient: number, reason: number, words: string) => void }
  }
  const plain = protocol.channelOpenFail.bind(protocol)
  protocol.channelOpenFail = recipient => plain(recipient, reason, words)
  reject()
  protocol.channelOpenFail = plain
}
