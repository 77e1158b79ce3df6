import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import { run } from '../../src/cli/run.ts'
import { Secret } from '../../src/model/secret.ts'
import { openTransport } from '../../src/transport/transport.ts'
import { readRun } from '../../src/store/read.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { fakeWorld } from '../cli/world.ts'
import { makeUsers, passwords, type MadeUsers } from '../made-users.ts'
import { needs } from '../tools.ts'
import { nodeAt } from '../transport/fleet.ts'
import { type Sshd, startSshd } from '../transport/sshd.ts'

/*
 * Whole runs against Debian's sshd, PAM and sudo with passwords: from a vault, from files; and that afterwards they are nowhere.
 */
const secrets = [passwords.ada, 'vault-Passw0rd', 'key-Passphrase 9']

describe('a run with passwords', function () {
  this.timeout(180_000)
  let folder = ''
  let users: MadeUsers | undefined
  let sshd: Sshd | undefined
  before(async function () {
    needs(this, 'ansible-vault', 'ssh-keygen')
    folder = mkdtempSync(join(tmpdir(), 'sefleet-passwords-'))
    users = makeUsers(this, folder)
    users.sudoers('ada ALL=(ALL) ALL')
    const own = join(folder, 'sshd')
    mkdirSync(own)
    sshd = await startSshd(
      own,
      ['UsePAM yes', 'PasswordAuthentication yes', 'KbdInteractiveAuthentication no'],
      { within: users.within },
    )
    writeFileSync(join(folder, 'known_hosts'), `${sshd.hostKeys['ed25519']}\n`)
    const key = join(folder, 'key')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'key-Passphrase 9', '-f', key])
    writeFileSync(sshd.authorizedKeys, readFileSync(`${key}.pub`))
    chmodSync(sshd.authorizedKeys, 0o644)
    chmodSync(own, 0o755)
  })
  after(async () => {
    await sshd?.stop()
    if (folder !== '') rmSync(folder, { recursive: true, force: true })
  })

  const seenInProc = (into: Set<string>) => {
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name)))
      for (const file of ['cmdline', 'environ'])
        for (const secret of secrets) if (contentOf(`/proc/${pid}/${file}`).includes(secret)) into.add(secret)
  }
  /** One run; it is searched for secrets in whatever it leaves or shows. */
  const collected = async (name: string, argv: readonly string[]): Promise<NodeRecord | undefined> => {
    const root = join(folder, name)
    const { world, out, err } = fakeWorld()
    const seen = new Set<string>()
    const timer = setInterval(() => seenInProc(seen), 20)
    const args = ['audit', '-p', 'selinux-baseline', '--known-hosts', join(folder, 'known_hosts'), '-o', root]
    const exit = await run([...args, ...argv], { ...world, env: process.env })
    clearInterval(timer)
    expect(exit, err()).to.not.equal(2)
    expect([...seen]).to.deep.equal([])
    const left = [['stdout', out()], ['stderr', err()], ...filesBelow(root)] as const
    expect(left.length).to.be.greaterThan(8)
    const found = left.filter(([, text]) => secrets.some(secret => text.includes(secret)))
    expect(found.map(([file]) => file)).to.deep.equal([])
    for await (const record of (await readRun(join(root, 'latest'))).records()) return record
    return undefined
  }
  const inventory = (name: string, variables: string): string => {
    mkdirSync(join(folder, name, 'group_vars'), { recursive: true })
    const file = join(folder, name, 'hosts.yaml')
    writeFileSync(
      file,
      `all: {hosts: {n1: {ansible_host: 127.0.0.1, ansible_port: ${sshd?.port}, ansible_user: ada, ${variables}}}}\n`,
    )
    return file
  }

  it('logs in and becomes root by what stands in a vault', async () => {
    const vaultPassword = join(folder, 'vault-password')
    writeFileSync(vaultPassword, 'vault-Passw0rd\n')
    const hosts = inventory(
      'vault',
      'ansible_password: "{{ vault_login }}", ansible_become_password: "{{ vault_login }}", ansible_become: yes',
    )
    const vault = join(folder, 'vault', 'group_vars', 'all.yaml')
    writeFileSync(vault, `vault_login: ${JSON.stringify(passwords.ada)}\n`)
    execFileSync('ansible-vault', ['encrypt', '--vault-password-file', vaultPassword, vault], {
      stdio: 'pipe',
    })
    const record = await collected('by-vault', ['-i', hosts, '--vault-password-file', vaultPassword])
    expect(record?.error).to.equal(undefined)
    expect([record?.status, record?.euid, record?.notRoot]).to.deep.equal(['answered', 0, undefined])
  })

  it('logs in by an encrypted key and becomes root by a password from a file', async () => {
    const file = join(folder, 'become-password')
    writeFileSync(file, `${passwords.ada}\n`)
    const asks = join(folder, 'passphrase')
    writeFileSync(asks, 'key-Passphrase 9\n')
    const record = await collected('by-files', [
      '-i',
      inventory('files', ''),
      '-b',
      '--become-password-file',
      file,
      '--private-key',
      join(folder, 'key'),
      '--passphrase-command',
      `cat ${asks}`,
    ])
    expect(record?.error).to.equal(undefined)
    expect(record?.euid).to.equal(0)
  })

  it('logs in by PAM’s own question (keyboard-interactive), and not by another', async () => {
    const own = join(folder, 'asking')
    mkdirSync(own)
    const asking = await startSshd(
      own,
      ['UsePAM yes', 'PasswordAuthentication no', 'KbdInteractiveAuthentication yes'],
      users && { within: users.within },
    )
    try {
      const file = join(own, 'known')
      writeFileSync(file, `${asking.hostKeys['ed25519']}\n`)
      const { connect } = openTransport({ home: own, agentSocket: '', knownHostsFiles: [file] })
      const open = (password: string) =>
        connect(
          nodeAt(asking.port, { user: 'ada', password: new Secret(password) }),
          new AbortController().signal,
        )
      const opened = await open(passwords.ada)
      if ('error' in opened) expect.fail(opened.error.sentence)
      opened.session.close()
      const refused = await open('not-the-One')
      expect('error' in refused && refused.error.code).to.equal('auth-failed')
    } finally {
      await asking.stop()
    }
  })

  it('is told why nobody became root, and what needs no root is judged', async () => {
    const asks = join(folder, 'passphrase')
    const record = await collected('by-nothing', [
      '-i',
      inventory('nothing', ''),
      '-b',
      '--private-key',
      join(folder, 'key'),
      '--passphrase-command',
      `cat ${asks}`,
    ])
    expect(record?.status).to.equal('answered')
    expect(record?.euid).to.equal(4242)
    expect(record?.notRoot).to.deep.equal({
      code: 'become-password',
      sentence: "sudo wants a password, and none was given: 'sudo: a password is required'",
    })
    const audit = readFileSync(join(folder, 'by-nothing', 'latest', 'summary.md'), 'utf8')
    expect(audit).to.include('asked without root (become-password): sudo wants a password')
  })

  it('says that a password was refused, once', async () => {
    const file = join(folder, 'wrong')
    writeFileSync(file, 'not-the-One')
    const record = await collected('by-mistake', [
      '-i',
      inventory('mistake', `ansible_ssh_private_key_file: ${join(folder, 'nowhere')}`),
      '--connection-password-file',
      file,
    ])
    expect(record?.error?.code).to.equal('auth-failed')
    expect(record?.error?.sentence)
      .to.match(
        /ada was not let in .*\(offered the password; private key .*nowhere does not exist; it accepts/,
      )
      .and.to.not.include('not-the-One')
  })
})

const contentOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it has ended
  }
}

const filesBelow = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(path => statSync(path).isFile())
    .map(path => {
      const bytes = readFileSync(path)
      return [path, (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')] as const
    })
