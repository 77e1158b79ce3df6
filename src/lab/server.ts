import { spawn } from 'node:child_process'
import { timingSafeEqual } from 'node:crypto'
import ssh2, { type Connection, type ParsedKey, type PublicKeyAuthContext, type ServerChannel } from 'ssh2'

export interface ServedNode {
  readonly hostKey: string
  /** Of each command, asked for anew: a node may be changed while it is served. */
  readonly environment: () => Readonly<Record<string, string>>
}

export interface LabServer {
  readonly port: number
  stop(): Promise<void>
}

/** Serves one made-up node: public key only, one command at a time in a real sh, no shell, no forwarding, no files. */
export const serveNode = async (node: ServedNode, clientKey: ParsedKey, port: number): Promise<LabServer> => {
  const clients = new Set<Connection>()
  const children = new Set<() => void>()
  const server = new ssh2.Server({ hostKeys: [node.hostKey] }, client => {
    clients.add(client)
    client.on('error', () => {})
    client.on('close', () => clients.delete(client))
    client.on('authentication', context => {
      if (context.method === 'publickey' && isClientKey(context, clientKey)) context.accept()
      else context.reject(['publickey'])
    })
    client.on('session', accept => {
      accept().on('exec', (acceptExec, _reject, { command }) =>
        runCommand(acceptExec(), command, node, children),
      )
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the lab’s server has no port')
  return {
    port: address.port,
    stop: async () => {
      for (const end of children) end()
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const client of clients) client.end()
      await closed
    },
  }
}

const isClientKey = (context: PublicKeyAuthContext, key: ParsedKey): boolean => {
  const expected = key.getPublicSSH()
  if (context.key.data.length !== expected.length || !timingSafeEqual(context.key.data, expected))
    return false
  return (
    !context.signature ||
    (context.blob !== undefined && key.verify(context.blob, context.signature, context.hashAlgo))
  )
}

const runCommand = (
  channel: ServerChannel,
  command: string,
  node: ServedNode,
  children: Set<() => void>,
): void => {
  // A group of its own, so that everything the command starts can be ended with it.
  const child = spawn('/bin/sh', ['-c', command], {
    env: { ...node.environment() },
    detached: true,
    stdio: 'pipe',
  })
  const end = (): void => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // gone already
    }
  }
  children.add(end)
  for (const stream of [channel, child.stdin, child.stdout, child.stderr]) stream.on('error', () => {})
  channel.pipe(child.stdin)
  child.stdout.pipe(channel, { end: false })
  child.stderr.pipe(channel.stderr, { end: false })
  channel.on('close', end)
  child.on('error', () => channel.close())
  child.on('close', (code, signal) => {
    children.delete(end)
    if (signal) channel.exit(signal.replace(/^SIG/, ''))
    else channel.exit(code ?? 1)
    channel.end()
  })
}
