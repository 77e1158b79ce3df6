import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { endTree } from '../end-tree.ts'

/** What `ssh` is asked about one host: the words before it, and its name. */
export interface Question {
  readonly words: readonly string[]
  readonly host: string
}

/** What `ssh -G` said: its answer, why it refused, or that there is no ssh here. */
export type SaidBySsh =
  | {
      readonly said: 'answer'
      readonly text: string
      /** Instead of the one in the text, which was said about another host of the same configuration. */
      readonly hostName?: string
    }
  | { readonly said: 'refusal'; readonly why: string }
  | { readonly said: 'nothing' }

export type AskSsh = (question: Question) => Promise<SaidBySsh>

/**
 * Asks the OpenSSH client what its configuration means for a host; nothing is connected to. It leads a process group: what a
 * `Match exec` started ends with it, at its limit and when `closing` says so.
 */
export const askSsh =
  (program = 'ssh', closing?: AbortSignal): AskSsh =>
  ({ words, host }) =>
    new Promise(resolve => {
      if (closing?.aborted) return resolve(cutShort)
      const child = startSsh(program, ['-G', '-T', ...words, '--', host])
      if (child instanceof Error) return resolve({ said: 'refusal', why: child.message })
      // Without a pid there are no streams either, whatever their types say.
      if (child.pid === undefined)
        return void child.once('error', error =>
          resolve(
            'code' in error && error.code === 'ENOENT'
              ? { said: 'nothing' }
              : { said: 'refusal', why: error.message },
          ),
        )
      const settle = (said: SaidBySsh) => {
        clearTimeout(timer)
        closing?.removeEventListener('abort', onAbort)
        resolve(said)
      }
      const stop = (said: SaidBySsh) => {
        settle(said)
        void endTree(child)
      }
      const onAbort = () => stop(cutShort)
      const timer = setTimeout(
        () => stop({ said: 'refusal', why: `no answer after ${answerMilliseconds / 1000} s` }),
        answerMilliseconds,
      )
      closing?.addEventListener('abort', onAbort)
      let [stdout, stderr] = ['', '']
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text
        if (stdout.length > answerCharacters) stop({ said: 'refusal', why: 'its answer has no end' })
      })
      child.stderr
        .setEncoding('utf8')
        .on('data', (text: string) => (stderr = `${stderr}${text}`.slice(0, answerCharacters)))
      for (const stream of child.stdio) stream?.on('error', () => undefined)
      child.stdin.end()
      child.once('close', (code, signal) =>
        settle(
          code === 0
            ? { said: 'answer', text: stdout }
            : { said: 'refusal', why: stderr.trim() || `it ended with ${signal ?? `status ${code ?? 0}`}` },
        ),
      )
    })

const cutShort: SaidBySsh = { said: 'refusal', why: 'the run ended before it had answered' }

const startSsh = (program: string, words: readonly string[]): ChildProcessWithoutNullStreams | Error => {
  try {
    return spawn(program, words, { detached: true })
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return error
    throw error
  }
}

// A `Match exec` may look something up; a minute of it for each of many hosts is a mistake.
const answerMilliseconds = 20_000
const answerCharacters = 1024 * 1024
