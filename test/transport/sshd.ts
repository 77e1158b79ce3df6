import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'

/** Debian's sshd on a free port of 127.0.0.1, for the user who runs the tests. */
export interface Sshd {
  readonly port: number
  readonly user: string
  /** The file to write public keys to that are let in. */
  readonly authorizedKeys: string
  /** known_hosts lines for its host keys, by type as ssh-keygen -t has it. */
  readonly hostKeys: Readonly<Record<string, string>>
  /** What it has said so far. */
  readonly log: () => string
  readonly stop: () => Promise<void>
}

const types = ['ed25519', 'ecdsa', 'rsa'] as const

/**
 * Starts it below `folder`, with more lines of sshd_config; `matches` are Match blocks, which must come last.
 * sshd offers no port 0: a free one is looked for.
 */
export const startSshd = async (
  folder: string,
  lines: readonly string[] = [],
  {
    listen = '127.0.0.1',
    matches = [],
    within = command => command,
  }: {
    readonly listen?: string
    readonly matches?: readonly string[]
    /** Where it is started: among other users. */
    readonly within?: (command: readonly string[]) => readonly string[]
  } = {},
): Promise<Sshd> => {
  const port = await freePort()
  const user = userInfo().username
  // Root needs sshd's directory for privilege separation, which only its service makes.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const hostKeys = types.map(type => {
    const file = join(folder, `host_${type}`)
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      type,
      ...(type === 'rsa' ? ['-b', '2048'] : []),
      '-N',
      '',
      '-f',
      file,
    ])
    const [kind, key] = execFileSync('ssh-keygen', ['-yf', file], { encoding: 'utf8' }).trim().split(' ')
    return { type, file, line: `[127.0.0.1]:${port} ${kind} ${key}` }
  })
  const config = join(folder, 'sshd_config')
  const authorizedKeys = join(folder, 'authorized_keys')
  const settings = [
    ...lines,
    ...hostKeys.map(({ file }) => `HostKey ${file}`),
    `Port ${port}`,
    `ListenAddress ${listen}`,
    `AuthorizedKeysFile ${authorizedKeys}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    // bash reads ~/.bashrc for every command of sshd's, unless it is not the first shell: whoever runs the tests may have much in it.
    'SetEnv SHLVL=1',
    'PidFile none',
    'LogLevel VERBOSE',
    ...matches,
  ]
  writeFileSync(config, `${settings.join('\n')}\n`)
  chmodSync(folder, 0o700)
  let log = ''
  const [file = '', ...args] = within([sshdPath(), '-f', config, '-D', '-e'])
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  await answering(port, child, () => log)
  return {
    port,
    user,
    authorizedKeys,
    hostKeys: Object.fromEntries(hostKeys.map(({ type, line }) => [type, line])),
    log: () => log,
    stop: async () => {
      if (child.exitCode !== null) return
      child.kill()
      await once(child, 'exit')
    },
  }
}

// sshd insists on being called by its absolute path.
const sshdPath = (): string =>
  execFileSync('sh', ['-c', 'PATH=$PATH:/usr/sbin:/sbin; command -v sshd'], { encoding: 'utf8' }).trim()

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

const answering = async (port: number, child: ChildProcess, log: () => string): Promise<void> => {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>(resolve => {
      socket.once('data', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('close', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return
  }
  throw new Error(`sshd did not start: ${log()}`)
}
