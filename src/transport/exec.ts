import type { ClientChannel } from 'ssh2'
import type { ExecEnd, ExecRequest } from '../model/exec.ts'
import { type Address, hostPort } from './address.ts'
import type { Link, Loss } from './link.ts'
import { nameError } from './ssh-errors.ts'
import { interrupted, nodeError, quoted, type Trouble } from './trouble.ts'

export interface ExecOn {
  readonly node: string
  readonly address: Address
  readonly link: Link
  /** How long the node may take to open a channel: on a half-open link it never does. */
  readonly openSeconds: number
}

/** Runs one command. Rejects only when a listener throws, which is a mistake of ours. */
export const exec = ({ node, address, link, openSeconds }: ExecOn, request: ExecRequest): Promise<ExecEnd> =>
  new Promise((resolve, reject) => {
    const at = hostPort(address)
    let isSettled = false
    let stopListening: () => void = () => undefined
    const settle = (give: () => void) => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      clearTimeout(openTimer)
      stopListening()
      give()
    }
    const end = (how: ExecEnd) => settle(() => resolve(how))
    const fail = (trouble: Trouble) => end({ ended: 'failed', error: nodeError(node, trouble) })
    const cutOff = (how: () => void) => {
      how()
      link.destroy()
    }
    const execTrouble = (code: Trouble['code'], what: string): Trouble => ({ code, stage: 'exec', what })

    const timer = setTimeout(
      () => cutOff(() => fail(execTrouble('exec-timeout', `the command at ${at} not ended after ${request.timeoutSeconds} s`))),
      request.timeoutSeconds * 1000,
    )
    const openTimer = setTimeout(
      () => cutOff(() => fail(execTrouble('exec-timeout', `${at} opened no channel for the command within ${openSeconds} s`))),
      Math.min(openSeconds, request.timeoutSeconds) * 1000,
    )
    stopListening = link.onLoss(loss => fail(lossOf(loss, at)))
    if (isSettled) return // lost before we came

    const hear = (listen: (chunk: Buffer) => boolean) => (chunk: Buffer) => {
      if (isSettled) return
      try {
        if (!listen(chunk)) cutOff(() => end({ ended: 'stopped' }))
      } catch (bug) {
        cutOff(() => settle(() => reject(bug)))
      }
    }
    const onChannel = (error: Error | undefined, channel: ClientChannel) => {
      clearTimeout(openTimer)
      if (isSettled) return
      if (error) {
        const { code, words } = nameError(error, 'exec')
        return fail(execTrouble(code, `${at} ran no command: ${quoted(words)}`))
      }
      drive(channel, {
        onStdout: hear(request.onStdout),
        onStderr: hear(request.onStderr),
        onEnd: how => (how ? end(how) : fail(execTrouble('connection-lost', `${at} closed the channel without an exit status`))),
      })
      channel.end(request.stdin)
    }
    try {
      link.client.exec(request.command, onChannel)
    } catch (error) {
      const { code, words } = nameError(error, 'exec')
      fail(execTrouble(code, `${at} ran no command: ${words}`))
    }
  })

/**
 * Listens to one channel until both streams and the status are in. The status alone is no end, as sshd sends it before the
 * last output; a close without a status is none of the node's answers.
 */
const drive = (
  channel: ClientChannel,
  { onStdout, onStderr, onEnd }: {
    readonly onStdout: (chunk: Buffer) => void
    readonly onStderr: (chunk: Buffer) => void
    readonly onEnd: (how: ExecEnd | undefined) => void
  },
): void => {
  const open = new Set(['stdout', 'stderr'])
  let status: ExecEnd | undefined
  let isClosed = false
  const look = () => {
    if (open.size === 0 && (status || isClosed)) onEnd(status)
  }
  const done = (stream: string) => () => {
    open.delete(stream)
    look()
  }
  // A stream of ssh2 gives Buffers as long as nobody sets an encoding.
  channel.on('data', onStdout).once('end', done('stdout'))
  channel.stderr.on('data', onStderr).once('end', done('stderr'))
  channel.once('exit', (code: number | null, signal?: string) => {
    status = code === null ? { ended: 'signalled', signal: signalName(signal) } : { ended: 'exited', code }
    look()
  })
  channel.once('close', () => {
    isClosed = true
    look()
  })
  // A broken channel also ends the link, which says so; but an 'error' nobody listens to would end the process.
  channel.on('error', () => undefined)
  channel.stderr.on('error', () => undefined)
}

// The node may send any text here.
const signalName = (signal: string | undefined): string =>
  signal !== undefined && /^SIG[A-Z0-9]{1,12}$/.test(signal) ? signal : 'unknown'

const lossOf = (loss: Loss, at: string): Trouble => {
  if (loss.by === 'interruption') return interrupted('exec', `the command ran at ${at}`)
  if (loss.by === 'us') return { code: 'connection-lost', stage: 'exec', what: `the connection to ${at} was closed here` }
  const { code, words } =
    loss.by === 'error' ? nameError(loss.error, 'exec') : nameError('No response from server', 'exec')
  return { code, stage: 'exec', what: `lost ${at} while the command ran: ${quoted(words)}` }
}
