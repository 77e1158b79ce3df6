import { execFile } from 'node:child_process'

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

/** Asks the OpenSSH client what its configuration means for a host; nothing is connected to. */
export const askSsh =
  (program = 'ssh'): AskSsh =>
  ({ words, host }) =>
    new Promise(resolve => {
      execFile(
        program,
        ['-G', '-T', ...words, '--', host],
        { timeout: answerMilliseconds, maxBuffer: answerBytes, encoding: 'utf8' },
        (error, stdout, stderr) => {
          if (!error) return resolve({ said: 'answer', text: stdout })
          if (error.code === 'ENOENT') return resolve({ said: 'nothing' })
          const why = error.killed
            ? `no answer after ${answerMilliseconds / 1000} s`
            : stderr.trim() || error.message
          resolve({ said: 'refusal', why })
        },
      ).stdin?.end()
    })

// A `Match exec` may look something up; a minute of it for each of many hosts is a mistake.
const answerMilliseconds = 20_000
const answerBytes = 1024 * 1024
