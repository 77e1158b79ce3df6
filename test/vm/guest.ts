import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A started guest: how to drive it by its script, and how to ask it as sefleet does. */
export interface Guest {
  readonly name: string
  /** Of this test, to be removed by it. */
  readonly folder: string
  /** `selinux-vm.sh WORDS`; its stdout. */
  readonly vm: (words: readonly string[]) => string
  /** The same, not waited for. */
  readonly vmBeside: (words: readonly string[]) => void
  /** `sefleet audit|collect` on the guest. */
  readonly ask: (words: readonly string[]) => { readonly exit: number; readonly said: string }
}

export const startedGuest = (script: string, name: string): Guest => {
  const vm = (words: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(script, words, {
      encoding: 'utf8',
      timeout: 300_000,
      maxBuffer: 2 ** 26,
    })
    if (status !== 0) throw new Error(`${script} ${words.join(' ')}: status ${status}\n${stderr}`)
    return stdout
  }
  const info = Object.fromEntries(
    vm(['info', name])
      .split('\n')
      .map(line => line.split(' ', 2) as [string, string]),
  ) // `key value` lines
  const folder = mkdtempSync(join(tmpdir(), 'sefleet-vm-'))
  const inventory = join(folder, 'guest.yaml')
  writeFileSync(
    inventory,
    `all:\n  hosts:\n    ${name}: { ansible_host: ${info['host']}, ansible_port: ${info['port']} }\n`,
  )
  const ways = [
    '-i',
    inventory,
    '--private-key',
    info['key'] ?? '',
    '--known-hosts',
    info['known_hosts'] ?? '',
  ]
  return {
    name,
    folder,
    vm,
    vmBeside: words => void spawn(script, words, { stdio: 'ignore' }),
    ask: ([command = '', ...words]) => {
      const { status, stderr } = spawnSync(
        'node',
        ['dist/src/main.js', command, ...ways, '--task-timeout', '600', ...words],
        { encoding: 'utf8', timeout: 900_000 },
      )
      return { exit: status ?? -1, said: stderr }
    },
  }
}
