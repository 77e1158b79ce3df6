import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Trouble } from '../trouble.ts'
import { quoted } from '../trouble.ts'

/** Starts an OpenSSH client in a session of its own: no terminal to ask at, and a ^C meant for us does not reach it. */
export const startClient = (
  program: string,
  words: readonly string[],
): Promise<{ readonly child: ChildProcessWithoutNullStreams } | { readonly trouble: Trouble }> =>
  new Promise(resolve => {
    const child = (() => {
      try {
        return spawn(program, words, { detached: true, env: clientEnv() })
      } catch (error) {
        if (error instanceof Error && 'syscall' in error) return error
        throw error
      }
    })()
    if (child instanceof Error) return resolve({ trouble: notStarted(program, child) })
    if (child.pid === undefined)
      return void child.once('error', error => resolve({ trouble: notStarted(program, error) }))
    child.on('error', () => undefined)
    for (const stream of child.stdio) stream?.on('error', () => undefined)
    resolve({ child })
  })

/** The code of a node that needs a client where there is none. */
const notStarted = (program: string, error: Error): Trouble => {
  if (/\b(?:EMFILE|ENFILE|EAGAIN|ENOMEM)\b/.test(error.message))
    return {
      code: 'local-limit',
      stage: 'connect',
      what: `${program} could not be started: ${quoted(error.message)}`,
    }
  const why = /\bENOENT\b/.test(error.message)
    ? 'is not installed here'
    : `cannot be run: ${quoted(error.message)}`
  return { code: 'ssh-client-missing', stage: 'connect', what: `the OpenSSH client (${program}) ${why}` }
}

// Commands of the configuration run by SHELL; that of a service's user runs none.
const clientEnv = (): NodeJS.ProcessEnv => ({
  ...process.env,
  LC_ALL: 'C',
  ...(/\/(?:nologin|false)$/.test(process.env['SHELL'] ?? '') ? { SHELL: '/bin/sh' } : {}),
})

/** Settles when a client and what it said have ended; what it started may hold its output open for longer. */
export const endOf = (child: ChildProcessWithoutNullStreams): Promise<void> =>
  new Promise(resolve => {
    let timer: NodeJS.Timeout | undefined
    child.once('exit', () => (timer = setTimeout(resolve, lingerMilliseconds)))
    child.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })

const lingerMilliseconds = 250
