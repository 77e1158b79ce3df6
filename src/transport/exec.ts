import type { ClientChannel } from 'ssh2'
import type { ErrorCode } from '../errors.ts'
import type { ExecEnd, ExecRequest } from '../model/exec.ts'
import { type Address, hostPort } from './address.ts'
import { driveChannel } from './channel.ts'
import type { Link, Loss } from './link.ts'
import { nameError } from './ssh-errors.ts'
import { interrupted, nodeError, quoted } from './trouble.ts'

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
    const settle = (give: () => void) => {
      if (isSettled) return
      isSettled = true
      clearTimeout(wholeTimer)
      clearTimeout(openTimer)
      give()
    }
    const end = (how: ExecEnd) => settle(() => resolve(how))
    const fail = (code: ErrorCode, what: string) =>
      end({ ended: 'failed', error: nodeError(node, { code, stage: 'exec', what }) })
    const failUnrun = (error: unknown) => {
      const { code, words } = nameError(error, 'exec')
      fail(code, `${at} ran no command: ${quoted(words)}`)
    }
    const limit = (seconds: number, what: string) =>
      setTimeout(() => {
        fail('exec-timeout', what)
        link.destroy()
      }, seconds * 1000)

    const { command, stdin, timeoutSeconds } = request
    const wholeTimer = limit(timeoutSeconds, `the command at ${at} not ended after ${timeoutSeconds} s`)
    const openTimer = limit(openSeconds, `${at} opened no channel for the command within ${openSeconds} s`)

    const hear = (listen: (chunk: Buffer) => boolean) => (chunk: Buffer) => {
      if (isSettled) return
      try {
        if (listen(chunk)) return
        end({ ended: 'stopped' })
      } catch (bug) {
        settle(() => reject(bug))
      }
      link.destroy()
    }
    const onChannel = (error: Error | undefined, channel: ClientChannel) => {
      clearTimeout(openTimer)
      if (isSettled) return
      if (error) return failUnrun(error)
      driveChannel(channel, {
        onStdout: hear(request.onStdout),
        onStderr: hear(request.onStderr),
        onEnd: how =>
          how ? end(how) : fail('connection-lost', `${at} closed the channel without an exit status`),
      })
      channel.end(stdin)
    }

    link.onLoss(loss => {
      const { code, what } = lossOf(loss, at)
      fail(code, what)
    })
    if (isSettled) return // lost before we came
    try {
      link.client.exec(command, onChannel)
    } catch (error) {
      failUnrun(error) // ssh2 throws when the connection has ended and not yet closed
    }
  })

const lossOf = (loss: Loss, at: string): { readonly code: ErrorCode; readonly what: string } => {
  if (loss.by === 'interruption') return interrupted('exec', `the command ran at ${at}`)
  if (loss.by === 'us') return { code: 'connection-lost', what: `the connection to ${at} was closed here` }
  const { code, words } =
    loss.by === 'error' ? nameError(loss.error, 'exec') : nameError('No response from server', 'exec')
  return { code, what: `lost ${at} while the command ran: ${quoted(words)}` }
}
