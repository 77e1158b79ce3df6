import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startedGuest } from './guest.ts'

/*
 * The policy that a kernel has loaded, read here, beside the guest's own setools; and fetched although another process holds it
 * open. `policies.js SCRIPT GUEST`.
 */
const [, , script = '', name = ''] = process.argv
const guest = startedGuest(script, name)
const reports = join(guest.folder, 'reports')

const sefleet = (...words: readonly string[]): string => {
  const { stdout, stderr, status } = spawnSync('node', ['dist/src/main.js', 'policy', ...words], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (status !== 0) throw new Error(`sefleet policy ${words.join(' ')}: ${stderr}`)
  return stdout
}

let failed = 0
const check = (what: string, isGood: boolean, more = ''): void => {
  process.stdout.write(
    `${isGood ? 'ok  ' : 'FAIL'} ${what}\n${isGood || more === '' ? '' : `       ${more}\n`}`,
  )
  if (!isGood) failed += 1
}

const withoutHead = (text: string): string => text.split('\n').slice(1).join('\n')

const loaded = '/sys/fs/selinux/policy'
const questions = [
  '-A -s container_t -t spc_t -c unix_stream_socket -p connectto',
  '-A -s container_t',
  '-A -t spc_t',
  '-T -s container_runtime_t',
  '-T',
  '--dontaudit -c process',
  '-A -c unix_stream_socket -p connectto',
]

try {
  const { exit, said } = guest.ask(['collect', '-u', 'root', '-o', reports])
  check('collects', exit === 0, said)
  const place = [`last:${name}`, '-o', reports]
  for (const question of questions) {
    const theirs = guest.vm(['ssh', name, `sesearch ${question} ${loaded}`])
    const ours = sefleet('search', ...question.split(' '), ...place)
    check(`sesearch ${question}: ${ours.split('\n').length - 1} lines`, ours === theirs)
  }
  const counts = guest.vm(['ssh', name, `seinfo ${loaded}`])
  check('seinfo: all counts', withoutHead(sefleet('info', ...place)) === withoutHead(counts))
  const folder = join(reports, 'latest', 'policies')
  const files = readdirSync(folder).map(file => join(folder, file))
  check('the kernel’s bytes and the installed bytes differ', files.length === 2, files.join(' '))
  const [left = '', right = ''] = files
  const difference = sefleet('diff', left, right).trim()
  check(`their meanings: ${difference}`, difference === 'both policies mean the same')
  // Only one process at a time may have the kernel's policy open.
  guest.vmBeside(['ssh', name, `exec 3<${loaded}; sleep 6`])
  await pause(1500)
  const busy = guest.ask(['collect', '-u', 'root', '-o', join(guest.folder, 'busy')])
  const again = readdirSync(join(guest.folder, 'busy', 'latest', 'policies'))
  check('fetches it although another process held it open', busy.exit === 0 && again.length === 2, busy.said)
} finally {
  rmSync(guest.folder, { recursive: true, force: true })
}
process.exitCode = failed === 0 ? 0 : 1
