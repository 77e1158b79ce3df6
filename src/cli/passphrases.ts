import { Secret } from '../model/secret.ts'
import type { Unlock } from '../transport/identities.ts'
import { runSecretCommand } from './run-secret-command.ts'
import type { World } from './world.ts'

/**
 * Where passphrases come from: the command of `--passphrase-command` or, where there is none, whoever sits at the terminal. One
 * question at a time; `beforeAsking` makes room for it.
 */
export const unlockBy = (command: string | undefined, world: World, beforeAsking: () => void): Unlock => {
  if (command !== undefined) return file => byCommand(command, file, world.env)
  let last: Promise<unknown> = Promise.resolve()
  return (file, attempt) => {
    const answer = last.then(async () => {
      beforeAsking()
      return byTerminal(file, attempt, world)
    })
    last = answer
    return answer
  }
}

const byCommand = async (command: string, file: string, env: World['env']): ReturnType<Unlock> => {
  const ran = await runSecretCommand('/bin/sh', ['-c', command], { ...env, SEFLEET_KEY_FILE: file })
  if ('failed' in ran) return { why: `is encrypted, and --passphrase-command ${ran.failed}` }
  const [line = ''] = ran.stdout.split(/\r?\n/)
  if (line === '') return { why: 'is encrypted, and --passphrase-command printed no passphrase' }
  return { passphrase: new Secret(line), isLast: true }
}

const tries = 3

const byTerminal = async (file: string, attempt: number, world: World): ReturnType<Unlock> => {
  // A run whose talk goes to a file has nobody who reads it.
  const typed = world.stderr.isTTY
    ? await world.askHidden?.(`${attempt > 1 ? 'That does not open it. ' : ''}Passphrase of ${file}: `)
    : undefined
  return typed === undefined || typed === ''
    ? { why: 'is encrypted, and nobody gave its passphrase' }
    : { passphrase: new Secret(typed), isLast: attempt >= tries }
}
