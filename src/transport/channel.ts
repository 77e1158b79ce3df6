import type { ClientChannel } from 'ssh2'
import type { ExecEnd } from '../model/exec.ts'

/**
 * Listens to one channel until both streams and the status are in. The status alone is no end, as sshd sends it before the
 * last output; a close without a status is none of the node's answers.
 */
export const driveChannel = (
  channel: ClientChannel,
  {
    onStdout,
    onStderr,
    onEnd,
  }: {
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
