import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { setImmediate as turn } from 'node:timers/promises'
import type { ErrorCode } from '../../errors.ts'
import type { ExecEnd, ExecRequest } from '../../model/exec.ts'
import { interrupted, nodeError, quoted } from '../trouble.ts'
import { muxWords } from './arguments.ts'
import { nameClientWords } from './client-words.ts'
import { isAnswering } from './is-answering.ts'
import type { Master, MasterLoss } from './master.ts'
import { endOf, startClient } from './start-client.ts'

export interface ExecOver {
  readonly node: string
  /** `10.0.0.17:22`, for sentences. */
  readonly at: string
  readonly master: Master
  /** How long the node may take to open a channel: on a half-open link it never does. */
  readonly openSeconds: number
}

/**
 * Runs one command over a master's login; one at a time. Rejects only when a listener throws, which is a mistake of ours.
 * A second client hands its streams to the master, and ends with the command’s status, or with 255 for whatever else there
 * is: which of them it was, the master’s log says. No status counts unless the master is there after it: one that has lost
 * its node passes on a status and drops the rest of the output.
 */
export const execOver = (
  { node, at, master, openSeconds }: ExecOver,
  request: ExecRequest,
): Promise<ExecEnd> =>
  new Promise((resolve, reject) => {
    let child: ChildProcessWithoutNullStreams | undefined
    let isSettled = false
    let hasEnded = false
    let lost: MasterLoss | undefined
    const seen = { status: false, signal: false, output: false, refused: '' }
    const stopListening: (() => void)[] = []
    const settle = (give: () => void) => {
      if (isSettled) return
      isSettled = true
      clearTimeout(wholeTimer)
      clearTimeout(openTimer)
      for (const stop of stopListening) stop()
      // Its end is that of the master's, or was before.
      child?.kill('SIGKILL')
      give()
    }
    const end = (how: ExecEnd) => settle(() => resolve(how))
    const fail = (code: ErrorCode, what: string) =>
      end({ ended: 'failed', error: nodeError(node, { code, stage: 'exec', what }) })
    const failUnrun = (said: string) => {
      const { code, words } = nameClientWords(said, 'exec')
      fail(code === 'connection-lost' ? 'channel-refused' : code, `${at} ran no command: ${quoted(words)}`)
    }
    const lose = (loss: MasterLoss) => {
      const { code, what } = lossOf(loss, at)
      fail(code, what)
    }
    const limit = (seconds: number, what: string) =>
      setTimeout(() => {
        fail('exec-timeout', what)
        master.destroy()
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
      master.destroy()
    }
    const conclude = async (status: number | null) => {
      const isThere = await isAnswering(master.socket, openSeconds)
      await turn() // its log, which it wrote before it answered
      await turn()
      if (isSettled) return
      hasEnded = true
      if (!isThere) return lost && lose(lost) // else it will be heard of
      if (status !== null && (status !== 255 || seen.status)) return end({ ended: 'exited', code: status })
      if (seen.signal) return end({ ended: 'signalled', signal: 'unknown' })
      if (seen.refused !== '') return failUnrun(`open failed: ${seen.refused}`)
      fail('connection-lost', `${at} closed the channel without an exit status`)
    }

    stopListening.push(
      master.onEvent(event => {
        if (event.saw === 'opened') clearTimeout(openTimer)
        else if (event.saw === 'status') seen.status = true
        else if (event.saw === 'signal') seen.signal = true
        else if (event.saw === 'refused') seen.refused = event.words
      }),
      // The second client ends with its master, and what it has read by then is still heard.
      master.onLoss(loss => {
        if (loss.by !== 'node' || !child || hasEnded) lose(loss)
        lost = loss
      }),
    )
    if (isSettled) return // lost before we came
    const start = async () => {
      const started = await startClient(master.program, muxWords(master.socket, [], ['node', command]))
      if ('trouble' in started) return fail(started.trouble.code, started.trouble.what)
      const own = started.child
      child = own
      if (isSettled) return void own.kill('SIGKILL')
      if (lost) return lose(lost)
      own.stdout.on('data', (chunk: Buffer) => {
        seen.output = true
        hear(request.onStdout)(chunk)
      })
      own.stderr.on('data', (chunk: Buffer) => {
        // The client says this on the command's own stderr, and some nodes leave the channel open after it.
        if (!seen.output && refusedExec.test(chunk.toString('latin1'))) {
          failUnrun(chunk.toString('latin1'))
          return master.destroy()
        }
        seen.output = true
        hear(request.onStderr)(chunk)
      })
      // A command need not read what it is given; whether it ended well, its status says.
      own.stdin.end(stdin)
      await endOf(own)
      await conclude(own.exitCode)
    }
    void start()
  })

const lossOf = (loss: MasterLoss, at: string): { readonly code: ErrorCode; readonly what: string } => {
  if (loss.by === 'interruption') return interrupted('exec', `the command ran at ${at}`)
  if (loss.by === 'us') return { code: 'connection-lost', what: `the connection to ${at} was closed here` }
  return { code: 'connection-lost', what: `lost ${at} while the command ran: ${quoted(loss.words)}` }
}

const refusedExec = /^exec request failed on channel \d+\s*$/
