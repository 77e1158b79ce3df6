import { spawnSync } from 'node:child_process'

/** What this machine's sh says of a command that it cannot parse; it is read, never run. Nothing where there is no sh. */
export const shellMistake = (command: string): string | undefined => {
  const { status, stderr, error } = spawnSync('sh', ['-n', '-c', command], {
    encoding: 'utf8',
    timeout: 5000,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (error !== undefined || status === 0 || status === null) return undefined
  const [line = ''] = stderr.split('\n')
  return line.replace(/^\S*: (?:-c: )?(?:line )?(?:\d+: )?/, '').trim() || `it ended with status ${status}`
}
