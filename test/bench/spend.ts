import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Spent {
  /** Seconds. */
  readonly wall: number
  /** User and system CPU of the client and of all children it waited for, seconds. */
  readonly cpu: number
}

/**
 * What a command costs, by bash's own accounting; undefined, with its last words on stderr, where it ends in
 * another way than `good`. A process that the command leaves
 * behind (ssh's ControlPersist masters) is not counted, to the advantage of whoever leaves one.
 */
export const spend = async (
  folder: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  good: readonly (number | null)[] = [0],
): Promise<Spent | undefined> => {
  const out = join(folder, 'times')
  const started = process.hrtime.bigint()
  // Not spawnSync: the nodes' sshd logs into a pipe of ours, and stands still when nobody reads it.
  const child = spawn(
    'bash',
    [
      '-c',
      'TIMEFORMAT="%U %S"; { time "$@" >/dev/null 2>"$OUT.err" </dev/null; } 2>"$OUT"',
      'bash',
      ...words,
    ],
    { stdio: 'ignore', env: { ...process.env, ...environment, OUT: out }, timeout: 1_800_000 },
  )
  const [status] = (await once(child, 'exit')) as [number | null] // ChildProcess's own event
  const wall = Number(process.hrtime.bigint() - started) / 1e9
  if (!good.includes(status)) {
    process.stderr.write(`status ${status}: ${readFileSync(`${out}.err`, 'utf8').slice(-500)}\n`)
    return undefined
  }
  const [user = NaN, system = NaN] = readFileSync(out, 'utf8').trim().split(' ').map(Number)
  return { wall, cpu: user + system }
}
