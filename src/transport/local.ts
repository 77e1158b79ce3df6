import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { ErrorCode } from '../errors.ts'
import type { ExecEnd, ExecRequest, Session } from '../model/exec.ts'
import type { NodeError } from '../model/record.ts'
import { endTree } from './end-tree.ts'
import { interrupted, nodeError, quoted, type Trouble } from './trouble.ts'

/** A session on this very machine, without SSH: each command gets a shell of its own, as a login would give it. */
export const openLocal = (
  node: string,
  signal: AbortSignal,
): { readonly session: Session } | { readonly error: NodeError } => {
  if (signal.aborted)
    return { error: nodeError(node, interrupted('connect', 'about to ask this machine itself')) }
  const closing = new AbortController()
  const stop = AbortSignal.any([signal, closing.signal])
  const whyStopped = (): Trouble =>
    signal.aborted ? interrupted('exec', 'the command ran on this machine') : closedHere
  return {
    session: {
      exec: request => execHere({ node, stop, whyStopped }, request),
      close: () => closing.abort(),
    },
  }
}

interface ExecHere {
  readonly node: string
  readonly stop: AbortSignal
  readonly whyStopped: () => Trouble
}

// Rejects only when a listener throws, which is a mistake of ours. What is cut short is ended before this settles.
const execHere = ({ node, stop, whyStopped }: ExecHere, request: ExecRequest): Promise<ExecEnd> => {
  const failed = (trouble: Trouble): ExecEnd => ({ ended: 'failed', error: nodeError(node, trouble) })
  return new Promise((resolve, reject) => {
    if (stop.aborted) return resolve(failed(whyStopped()))
    const child = startShell(request.command)
    if (child instanceof Error) return resolve(failed(ranNothing(child)))
    // Without a pid there are no streams either, whatever their types say.
    if (child.pid === undefined) return void child.once('error', error => resolve(failed(ranNothing(error))))

    let isSettled = false
    const settle = (give: () => void) => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      stop.removeEventListener('abort', onAbort)
      give()
    }
    const cutShort = (give: () => void) => settle(() => void endTree(child).then(give))
    const fail = (trouble: Trouble) => cutShort(() => resolve(failed(trouble)))
    const onAbort = () => fail(whyStopped())
    const timer = setTimeout(() => fail(timedOut(request.timeoutSeconds)), request.timeoutSeconds * 1000)
    stop.addEventListener('abort', onAbort)

    const hear = (listen: (chunk: Buffer) => boolean) => (chunk: Buffer) => {
      if (isSettled) return
      try {
        if (!listen(chunk)) cutShort(() => resolve({ ended: 'stopped' }))
      } catch (bug) {
        cutShort(() => reject(bug))
      }
    }
    child.stdout.on('data', hear(request.onStdout)).on('error', () => undefined)
    child.stderr.on('data', hear(request.onStderr)).on('error', () => undefined)
    // A command need not read what it is given; whether it ended well, its status says.
    child.stdin.on('error', () => undefined).end(request.stdin)
    // Not 'exit', which comes before the last output.
    child.once('close', (code, signal) =>
      settle(() =>
        resolve(
          code === null ? { ended: 'signalled', signal: signal ?? 'unknown' } : { ended: 'exited', code },
        ),
      ),
    )
  })
}

// A process group of its own can be ended whole. Of some failures (E2BIG) spawn throws, of others it tells in an event.
const startShell = (command: string): ChildProcessWithoutNullStreams | Error => {
  try {
    return spawn('/bin/sh', ['-c', command], {
      cwd: '/', // ours may be gone, and no question depends on it
      detached: true,
      // To the script R is the root below which it reads files; who exports an R here means something else.
      env: { ...process.env, R: undefined },
    })
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return error
    throw error
  }
}

const ranNothing = (error: Error): Trouble => {
  const code: ErrorCode = /\b(?:EMFILE|ENFILE|EAGAIN|ENOMEM)\b/.test(error.message)
    ? 'local-limit'
    : 'channel-refused'
  return { code, stage: 'exec', what: `this machine ran no command: ${quoted(error.message)}` }
}

const timedOut = (seconds: number): Trouble => ({
  code: 'exec-timeout',
  stage: 'exec',
  what: `the command on this machine not ended after ${seconds} s`,
})

const closedHere: Trouble = {
  code: 'connection-lost',
  stage: 'exec',
  what: 'the session on this machine was closed here',
}
