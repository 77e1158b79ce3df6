import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import ssh2 from 'ssh2'
import type { ParsedKey } from 'ssh2'
import type { KeyPair } from './home.ts'

/** An ssh-agent in this process. */
export interface TestAgent {
  readonly socket: string
  /** How often its keys were asked for, and how often it was to sign. */
  readonly asked: () => { readonly identities: number; readonly signatures: number }
  /** Ends once nobody is connected. */
  readonly idle: () => Promise<void>
  readonly close: () => void
}

export const startAgent = async (
  socketPath: string,
  keys: readonly KeyPair[],
  behaviour: 'signs' | 'refuses' | 'hangs when asked to sign' | 'hangs' = 'signs',
): Promise<TestAgent> => {
  const parsed = keys.map(pair => [ssh2.utils.parseKey(pair.private)].flat()[0]).filter(isKey)
  const sockets = new Set<Socket>()
  let [identities, signatures] = [0, 0]
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
    const protocol = new ssh2.AgentProtocol(false)
    protocol.on('error', () => undefined)
    protocol.on('identities', request => {
      identities++
      if (behaviour !== 'hangs') protocol.getIdentitiesReply(request, parsed)
    })
    protocol.on('sign', (request, key, data, { hash }) => {
      signatures++
      const own = parsed.find(one => one.getPublicSSH().equals(key.getPublicSSH()))
      if (behaviour === 'refuses' || !own) protocol.failureReply(request)
      else if (behaviour === 'signs') protocol.signReply(request, own.sign(data, hash))
    })
    socket.pipe(protocol).pipe(socket)
  })
  server.listen(socketPath)
  await once(server, 'listening')
  return {
    socket: socketPath,
    asked: () => ({ identities, signatures }),
    idle: async () => {
      await Promise.all([...sockets].map(socket => new Promise(resolve => socket.once('close', resolve))))
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

const isKey = (key: ParsedKey | Error | undefined): key is ParsedKey =>
  key !== undefined && !(key instanceof Error)
