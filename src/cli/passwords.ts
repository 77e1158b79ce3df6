import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { SefleetError } from '../errors.ts'
import { atHome } from '../inventory/home.ts'
import type { Passwords } from '../model/node-passwords.ts'
import { Secret } from '../model/secret.ts'
import { runSecretCommand } from './run-secret-command.ts'
import type { SelectionOptions } from './selection.ts'
import type { World } from './world.ts'

type PasswordOptions = Pick<
  SelectionOptions,
  'askPass' | 'connectionPasswordFile' | 'askBecomePass' | 'becomePasswordFile'
>

/** Reads or asks for the passwords that the command line gives and a node would use, as Ansible does; before a node is touched. */
export const readPasswords = async (
  options: PasswordOptions,
  wanted: { readonly login: boolean; readonly become: boolean },
  world: World,
): Promise<Passwords> => {
  const { loginFile, becomeFile } = filesOf(options, world.env)
  const loginText = !wanted.login
    ? undefined
    : options.askPass
      ? await asked('SSH password: ', '-k', '--connection-password-file', world)
      : loginFile === undefined
        ? undefined
        : await readFrom(loginFile, world.env)
  const becomeText = !wanted.become
    ? undefined
    : options.askBecomePass
      ? // Nothing typed means the same as before.
        (await asked(
          loginText && options.askPass ? 'BECOME password[defaults to SSH password]: ' : 'BECOME password: ',
          '-K',
          '--become-password-file',
          world,
        )) || (options.askPass ? loginText : undefined)
      : becomeFile === undefined
        ? undefined
        : await readFrom(becomeFile, world.env)
  return {
    ...(loginText ? { login: new Secret(loginText) } : {}),
    ...(becomeText ? { become: new Secret(becomeText) } : {}),
  }
}

/** Whether any password for becoming root is given, without asking for it. */
export const givesBecomePassword = (options: PasswordOptions, env: World['env']): boolean =>
  options.askBecomePass === true || filesOf(options, env).becomeFile !== undefined

const filesOf = (options: PasswordOptions, env: World['env']) => ({
  loginFile: options.connectionPasswordFile ?? (env['ANSIBLE_CONNECTION_PASSWORD_FILE'] || undefined),
  becomeFile: options.becomePasswordFile ?? (env['ANSIBLE_BECOME_PASSWORD_FILE'] || undefined),
})

const asked = async (prompt: string, option: string, instead: string, world: World): Promise<string> => {
  const typed = await world.askHidden?.(prompt)
  if (typed !== undefined) return typed
  throw new SefleetError(
    'usage',
    `${option} asks for a password, and there is no terminal to ask on: give it with ${instead} FILE, or as a variable in a vault`,
  )
}

// As Ansible: a program is run, `-` is stdin, and a file is read without the blanks around it.
const readFrom = async (file: string, env: World['env']): Promise<string> => {
  const text = file === '-' ? readFileSync(0, 'utf8') : await contentOf(resolve(atHome(file)), file, env)
  const password = text.replace(/^[\r\n]+|[\r\n]+$/g, '')
  if (password === '') throw unreadable(`password file '${file}' gives no password`)
  if (/[\r\n\0]/.test(password)) throw unreadable(`password file '${file}' gives more than one line`)
  return password
}

const contentOf = async (path: string, shown: string, env: World['env']): Promise<string> => {
  try {
    const { mode } = statSync(path)
    if ((mode & 0o111) === 0) return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw unreadable(`password file '${shown}' can't be read: ${why}`)
  }
  const ran = await runSecretCommand(path, [], env)
  if ('stdout' in ran) return ran.stdout
  throw unreadable(`password program '${shown}' ${ran.failed}`)
}

const unreadable = (sentence: string): SefleetError => new SefleetError('password-unreadable', sentence)
