import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { shellQuote } from '../src/probes/fragment.ts'
import { needs } from './tools.ts'

/** Made-up users of this machine, for programs that are started with a copy of /etc of their own: real PAM, sudo, su, doas and sshd. */
export interface MadeUsers {
  /** The words that run a command as root, or as a made-up user, among them. */
  readonly within: (command: readonly string[], user?: string) => readonly string[]
  readonly sudoers: (text: string) => void
  readonly doas: (text: string) => void
}

export const passwords = { ada: 'ada’s Pass-w0rd $x \'"\\ `', root: 'root-Pass w0rd!' } as const

/** Skips the running test where none can be made: it takes root, and a mount namespace. */
export const makeUsers = (context: Mocha.Context, folder: string, shell = '/bin/sh'): MadeUsers => {
  needs(context, 'unshare', 'setpriv', 'sudo', 'doas', 'su', 'script', 'openssl')
  if (process.getuid?.() !== 0 || spawnSync('unshare', ['-m', 'true']).status !== 0) {
    process.stderr.write('      skipping, this needs root and mount namespaces\n')
    context.skip()
  }
  const etc = join(folder, 'etc')
  cpSync('/etc', etc, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  const append = (file: string, line: string) =>
    writeFileSync(join(etc, file), `${readFileSync(join(etc, file), 'utf8').trimEnd()}\n${line}\n`)
  const hash = (password: string) =>
    execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: `${password}\n`, encoding: 'utf8' }).trim()
  mkdirSync(join(folder, 'home'), { recursive: true })
  chmodSync(folder, 0o755)
  append('passwd', `ada:x:4242:4242::/tmp:${shell}`)
  append('group', 'ada:x:4242:')
  append('shadow', `ada:${hash(passwords.ada)}:19000:0:99999:7:::`)
  const shadow = readFileSync(join(etc, 'shadow'), 'utf8')
  writeFileSync(
    join(etc, 'shadow'),
    shadow.replace(/^root:[^:]*:[^:]*:/m, () => `root:${hash(passwords.root)}:19000:`),
  )
  const put = (file: string, text: string) => {
    const path = join(etc, file)
    writeFileSync(path, text)
    chmodSync(path, 0o440)
  }
  // Nothing of sudo's is kept on this machine: neither who was lectured nor who needs no password for a while.
  const mounts = [
    `mount --bind ${shellQuote(etc)} /etc`,
    'for d in /run/sudo /var/lib/sudo /run/doas; do [ ! -d "$d" ] || mount -t tmpfs none "$d"; done',
  ].join(' && ')
  const as = (user: string | undefined) =>
    user === undefined ? '' : 'setpriv --reuid 4242 --regid 4242 --clear-groups --inh-caps=-all '
  return {
    within: (command, user) => [
      'unshare',
      '-m',
      'sh',
      '-c',
      `${mounts} && exec ${as(user)}"$@"`,
      'sh',
      ...command,
    ],
    sudoers: text => put('sudoers', `${text}\n`),
    doas: text => put('doas.conf', `${text}\n`),
  }
}
