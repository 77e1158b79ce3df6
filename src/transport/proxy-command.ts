import { spawn } from 'node:child_process'
import { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { endTree } from './end-tree.ts'
import { quoted, type Trouble } from './trouble.ts'
import { type Wire, wireOf } from './wire.ts'

/** A wire that a command gives, and what the command said when it ended. */
export interface CommandWire extends Wire {
  /** Why there are no more bytes, as far as the command said it; for the end of a sentence. */
  readonly why: () => Promise<string | undefined>
}

/**
 * Runs ProxyCommand as ssh does: by the user’s shell, with `exec` before it, its stdin and stdout the wire. It leads a process
 * group, and ends with what it started when the wire ends.
 */
export const proxyCommand = (command: string): CommandWire | { readonly trouble: Trouble } => {
  const child = (() => {
    try {
      return spawn(process.env['SHELL'] || '/bin/sh', ['-c', `exec ${command}`], { detached: true })
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  })()
  if (child instanceof Error) return { trouble: ranNothing(child.message) }
  if (child.pid === undefined) {
    child.on('error', () => undefined)
    return { trouble: ranNothing('no process could be started') }
  }
  let said = ''
  let end: string | undefined
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (said = `${said}${text}`.slice(-saidCharacters)))
  for (const stream of child.stdio) stream?.on('error', () => undefined)
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin })
  stream.on('error', () => undefined)
  child.once('error', error => {
    end = error.message
    stream.destroy()
  })
  child.once(
    'exit',
    (code, signal) => (end = signal ? `ended by ${signal}` : `ended with status ${code ?? 0}`),
  )
  // A stream of two halves is not closed by the end of one of them.
  stream.once('end', () => stream.destroy())
  // Most end by themselves when nothing more comes; looking through all processes for what does not is dear.
  stream.once('close', () => {
    child.stdin.end()
    const timer = setTimeout(() => void endTree(child), lingerMilliseconds)
    child.once('exit', () => clearTimeout(timer))
    if (child.exitCode !== null || child.signalCode !== null) clearTimeout(timer)
  })
  return {
    ...wireOf(stream),
    why: async () => {
      // Its stdout is closed a moment before it has ended.
      const exited = new Promise(resolve => child.once('exit', resolve))
      if (end === undefined) await Promise.race([exited, pause(lingerMilliseconds / 2)])
      const words = said.trim().split('\n').at(-1)?.trim() ?? ''
      if (end === undefined && words === '') return undefined
      return `ProxyCommand ${end ?? 'runs on'}${words === '' ? '' : `, saying ${quoted(words)}`}`
    },
  }
}

const ranNothing = (why: string): Trouble => ({
  code: 'proxy-failed',
  stage: 'connect',
  what: `ProxyCommand ran nothing: ${quoted(why)}`,
})

const saidCharacters = 2000
const lingerMilliseconds = 1000
