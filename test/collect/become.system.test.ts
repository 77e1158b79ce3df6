import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { refusalOf } from '../../src/collect/become/refusal.ts'
import { commandFor } from '../../src/collect/command-line.ts'
import type { Becoming, BecomeMethod } from '../../src/model/node.ts'
import { Secret } from '../../src/model/secret.ts'
import { makeUsers, passwords, type MadeUsers } from '../made-users.ts'
import { isInstalled } from '../tools.ts'

/*
 * Becoming root by the real sudo, su and doas, with PAM and made-up users: what a script is that comes on stdin, and that the password is
 * nowhere but there.
 */
interface Case {
  readonly title: string
  readonly method: BecomeMethod
  readonly password?: keyof typeof passwords | 'wrong'
  readonly exe?: readonly string[]
  readonly flags?: readonly string[]
  readonly user?: string
  readonly sudoers?: string
  readonly doas?: string
  /** Who the script runs as. */
  readonly is: string
  /** Otherwise it tells this. */
  readonly code?: string
  readonly says?: string
}

const cases = parse(readFileSync('test/fixtures/become.yaml', 'utf8')) as readonly Case[] // ours
// Long, and with bytes that a terminal would change.
const script = `printf '<%s>' "$SEFLEET_REFUSED" >&2; id -un; printf 'a\\000\\r\\n\\004b'
${`# ${'x'.repeat(997)}\n`.repeat(200)}printf c
`

describe('becoming root', function () {
  this.timeout(120_000)
  let folder = ''
  let users: MadeUsers | undefined
  before(function () {
    folder = mkdtempSync(join(tmpdir(), 'sefleet-become-'))
    users = makeUsers(this, folder)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const rootOf = ({ method, password, exe, flags, user }: Case): Becoming => ({
    method,
    ...(password === undefined
      ? {}
      : { password: new Secret(password === 'wrong' ? 'Wr0ng-one' : passwords[password]) }),
    ...(exe ? { exe } : {}),
    ...(flags ? { flags } : {}),
    ...(user === undefined ? {} : { user }),
  })
  const run = async (one: Case, shell: readonly string[], watch?: () => void) => {
    if (!users) throw new Error('no users')
    users.sudoers(one.sudoers ?? '')
    users.doas(one.doas ?? '')
    const { command, stdin } = commandFor(script, rootOf(one), 60)
    const [file = '', ...args] = users.within([...shell, command], 'ada')
    const child = spawn(file, args, { stdio: 'pipe' })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('latin1')))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
    child.stdin.end(stdin)
    const timer = watch && setInterval(watch, 5)
    const code = await new Promise<number | null>(resolve => child.once('close', resolve))
    clearInterval(timer)
    return { code, stdout, said: /<(.*)>/s.exec(stderr)?.[1] ?? '', stderr }
  }
  const check = async (one: Case, shell: readonly string[]) => {
    const { code, stdout, said, stderr } = await run(one, shell)
    expect(stdout, stderr).to.equal(`${one.is}\na\0\r\n\u0004bc`)
    expect(code).to.equal(0)
    if (one.code === undefined) return expect(said).to.equal('')
    const { code: found, sentence } = refusalOf(said, rootOf(one))
    expect(found, said).to.equal(one.code)
    return expect(sentence).to.equal(one.says?.replace('HOST', hostname()))
  }

  for (const one of cases) it(one.title, () => check(one, ['sh', '-c']))

  // The login shell may be any, and the sh of the node too.
  for (const [shell, words] of Object.entries({
    bash: ['bash', '-c'],
    'busybox sh': ['busybox', 'sh', '-c'],
    fish: ['fish', '-c'],
    tcsh: ['tcsh', '-c'],
  }))
    for (const title of ['sudo with a password', 'su with a password', 'doas with a password']) {
      // busybox takes its own su, which has no right to be anybody.
      if (shell.startsWith('busybox') && title.startsWith('su ')) continue

      it(`${title}, by ${shell} as the login shell`, async function () {
        if (!isInstalled(words[0] ?? '')) this.skip()
        const one = cases.find(found => found.title === title)
        if (!one) throw new Error(`no case ${title}`)
        await check(one, words)
      })
    }

  it('shows the password in no list of processes and no environment', async function () {
    const watched = new Set([
      'sudo with a password',
      'sudo with a password where a terminal is required',
      'su with a password',
      'doas with a password',
    ])
    for (const one of cases.filter(({ title }) => watched.has(title))) {
      const seen: string[] = []
      const secret = rootOf(one).password?.reveal() ?? ''
      await run(one, ['sh', '-c'], () => {
        for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name)))
          for (const file of ['cmdline', 'environ']) {
            const text = contentOf(`/proc/${pid}/${file}`)
            if (text.includes(secret)) seen.push(`${one.title}: ${text}`)
          }
      })
      expect(seen).to.deep.equal([])
    }
  })

  it('gives a sudo that asks for none no password, which it would write to its log of what comes in', async () => {
    const log = join(folder, 'log-input')
    const sudoers = `Defaults log_input, !compress_io, iolog_dir=${log}\nada ALL=(ALL) NOPASSWD: ALL`
    await check({ title: '', method: 'sudo', password: 'ada', sudoers, is: 'root' }, ['sh', '-c'])
    const files = readdirSync(log, { recursive: true, encoding: 'utf8' })
    expect(files.some(file => file.endsWith('/stdin'))).to.equal(true)
    expect(files.filter(file => contentOf(join(log, file)).includes(passwords.ada))).to.deep.equal([])
  })

  it('tries a wrong password once', async function () {
    const one = cases.find(({ password, method }) => method === 'sudo' && password === 'wrong')
    if (!one) throw new Error('no case')
    const { said } = await run(one, ['sh', '-c'])
    expect(said).to.include('1 incorrect password attempt')
  })
})

const contentOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it has ended
  }
}
