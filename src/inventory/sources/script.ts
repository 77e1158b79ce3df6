import { spawnSync } from 'node:child_process'
import { SefleetError } from '../../errors.ts'

const secondsAtMost = 300
const bytesAtMost = 512 * 1024 * 1024

/**
 * What an inventory script says to `--list` or `--host NAME`, as text. It runs as Ansible runs it: in the working directory,
 * with this process's environment; what it says on stderr goes to `warn`. Throws `inventory-script-failed`.
 */
export const askScript = (
  path: string,
  shown: string,
  question: readonly string[],
  warn: (sentence: string) => void,
): string => {
  const { error, status, signal, stdout, stderr } = spawnSync(path, question, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: secondsAtMost * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: bytesAtMost,
  })
  const command = [shown, ...question].join(' ')
  const fail = (why: string): SefleetError =>
    new SefleetError('inventory-script-failed', `inventory script \`${command}\` ${why}${saidOn(stderr)}`)
  if (error && 'code' in error && error.code === 'ETIMEDOUT') {
    throw fail(`did not end within ${secondsAtMost} s`)
  }
  if (error && 'code' in error && error.code === 'ENOBUFS') throw fail('said more than 512 MiB')
  if (error) throw fail(`can't be run: ${error.message}`)
  if (status !== 0) throw fail(signal ? `was ended by ${signal}` : `ended with status ${status}`)
  for (const line of linesOf(stderr)) warn(`inventory script \`${command}\` says: ${line}`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(stdout)
  } catch {
    throw fail('said something that is not UTF-8 text')
  }
}

// Each on its own, so that none can look like a sentence of ours.
const linesOf = (stderr: Buffer): readonly string[] =>
  stderr
    .subarray(0, 20_000)
    .toString()
    .split('\n')
    .map(line => line.trim().slice(0, 500))
    .filter(line => line !== '')
    .slice(0, 20)

const saidOn = (stderr: Buffer | null): string => {
  const text = stderr?.toString().trim() ?? ''
  return text === '' ? '' : `: ${text.slice(-1000)}`
}
