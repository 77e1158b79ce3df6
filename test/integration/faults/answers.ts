import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Connection, ServerChannel } from 'ssh2'
import type { Does } from './table.ts'

/** One command of a node's, from its channel's opening on. */
export interface Running {
  readonly channel: ServerChannel
  readonly connection: Connection
  readonly socket: Socket
}

export const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const policy = readFileSync('test/fixtures/policies/before.33')

/** Policies in trouble are their node's alone: who shares one with a good node, has it from there. */
const garbageOf = (address: string): Buffer => Buffer.from(`no policy of ${address}\n`.repeat(50))

const loadedOn = (address: string, does: Does | undefined): string =>
  sha256Of(does && 'policy' in does ? garbageOf(address) : policy)

/** Answers one command as a good node does, or as it does where it is in trouble. */
export const answer = (running: Running, does: Does | undefined): void => {
  const { channel, socket } = running
  const address = socket.localAddress ?? ''
  let stdin = ''
  channel.on('data', (chunk: Buffer) => (stdin += chunk.toString('latin1')))
  channel.stdin.once('end', () => {
    const marker = /^m=(\w+)/.exec(stdin)?.[1] ?? ''
    if (stdin.includes('gzip -c')) return sendPolicy(running, marker, address, does)
    const own = does && 'answer' in does ? does : goodAnswer(does)
    const script = { marker, stdin, asks: asksOf(stdin, loadedOn(address, does)) }
    void tell(running, own, script)
  })
}

const goodAnswer = (does: Does | undefined) => ({
  answer: ['hello', ...(does && 'refused' in does ? [`refused ${does.refused}`] : []), 'rest', 'done'],
  last: 'exit 0',
})

interface Asked {
  readonly marker: string
  readonly stdin: string
  readonly asks: readonly string[]
}

const asksOf = (stdin: string, loaded: string): readonly string[] =>
  [...stdin.matchAll(/^ask (\d+) (.*)$/gm)].map(([, index = '', words = '']) =>
    words.includes('need sha256sum') ? `loaded=${loaded}` : `answer ${index}`,
  )

const tell = async (
  running: Running,
  { answer: words, last }: { readonly answer: readonly string[]; readonly last: string },
  asked: Asked,
): Promise<void> => {
  const { channel } = running
  const { marker, asks } = asked
  let next = 0
  const frame = (body: string): string =>
    `\n${marker} begin ${next}\n${body}\n#end 0\n\n${marker} end ${next++}\n`
  for (const word of words)
    switch (word) {
      case 'hello':
        channel.write(`\n${marker} hello 1 1000 1790000000 +0000\n`)
        break
      case 'answer':
        channel.write(frame(asks[next] ?? ''))
        break
      case 'half':
        channel.write(`\n${marker} begin ${next}\nhalf an ans`)
        break
      case 'long-answer':
        channel.write(frame('x'.repeat(1024 * 1024)))
        break
      case 'rest':
        while (next < asks.length) channel.write(frame(asks[next] ?? ''))
        break
      case 'done':
        channel.write(`\n${marker} done\n`)
        break
      case 'echo':
        channel.write(asked.stdin.replace(marker, 'MARKER'))
        break
      case 'flood':
        pump(running, channel, Buffer.alloc(64 * 1024, 'x'))
        break
      case 'error-flood':
        pump(running, channel.stderr, Buffer.alloc(64 * 1024, 'x'))
        break
      case 'mark-flood':
        pump(running, channel, Buffer.from(`\n${marker} begin 1\n\n${marker} end 1\n`.repeat(500)))
        break
      default:
        if (word.startsWith('refused ')) channel.write(`\n${marker} refused\n${word.slice(8)}`)
        else channel.write(word)
    }
  await end(running, last)
}

const pump = ({ socket }: Running, stream: NodeJS.WritableStream, piece: Buffer): void => {
  const go = () => {
    while (!socket.destroyed && stream.write(piece));
  }
  stream.on('drain', go)
  go()
}

const end = async ({ channel, connection, socket }: Running, last: string): Promise<void> => {
  const [verb = '', word = '', , more] = last.split(' ')
  switch (verb) {
    case 'waits':
      return
    case 'exit':
      channel.exit(Number(word))
      channel.end()
      if (more === 'mute') socket.pause()
      return
    case 'signal':
      channel.exit(word, false, 'out of memory')
      channel.end()
      return
    case 'status':
      channel.exit(0)
      return
    case 'channel':
      channel.end()
      return
  }
  await calm()
  switch (verb) {
    case 'closes':
      socket.end()
      return
    case 'resets':
      socket.resetAndDestroy()
      return
    case 'mute':
      socket.pause()
      return
    case 'leaves':
      connection.end()
      return
    case 'breaks':
      socket.write(Buffer.alloc(256, 0xff))
      return
    default:
      throw new Error(`no such end of an answer: ${last}`)
  }
}

/** Until this process, which is the client as well, has dealt with all that was written. */
export const calm = async (): Promise<void> => {
  for (let quiet = 0; quiet < 4;) {
    const began = performance.now()
    await pause(50)
    quiet = performance.now() - began < 65 ? quiet + 1 : 0
  }
}

const sendPolicy = (running: Running, marker: string, address: string, does: Does | undefined): void => {
  const { channel } = running
  const how = does && 'policy' in does ? does.policy : 'good'
  const send = (bytes: Buffer) => {
    channel.write(`${marker} gzip\n`)
    channel.write(bytes)
    void end(running, 'exit 0')
  }
  switch (how) {
    case 'good':
      return send(gzipSync(policy))
    case 'another':
      return send(gzipSync(policy))
    case 'garbage':
      return send(gzipSync(garbageOf(address)))
    case 'bomb':
      return send(bomb())
    case 'nonsense':
      channel.write('Welcome. Unauthorised use is forbidden.\n')
      return void end(running, 'exit 0')
    case 'closes':
    case 'resets':
      channel.write(`${marker} gzip\n`)
      return void end(running, how)
    default:
      return void end(running, how)
  }
}

let packed: Buffer | undefined
const bomb = (): Buffer => (packed ??= gzipSync(Buffer.alloc(40 * 1024 * 1024)))
