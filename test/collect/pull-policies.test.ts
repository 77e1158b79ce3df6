import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { policyPuller, type PullPolicies } from '../../src/collect/pull-policies.ts'
import { askId } from '../../src/model/ask.ts'
import type { ExecEnd, Session } from '../../src/model/exec.ts'
import { SefleetError } from '../../src/errors.ts'
import type { Frame } from '../../src/model/record.ts'

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const policy = readFileSync('test/fixtures/policies/before.33')
const otherPolicy = readFileSync('test/fixtures/policies/after.33')
const sha256 = sha256Of(policy)

/** What a node said of its policies. */
const framesOf = (loaded: string, installed: readonly string[] = []): readonly Frame[] => {
  const lines = [`loaded=${loaded}`, ...installed.map(one => `installed\t${one}\t1700000000`)]
  const stdout = `${lines.join('\n')}\n`
  return [
    {
      ask: askId({ probe: 'policy-files', params: {} }),
      exit: 0,
      ms: 1,
      stdout,
      stderr: '',
      sha256: sha256Of(Buffer.from(stdout)),
    },
  ]
}

/** Keeps in memory, and says what it has. */
const memory = (before: readonly Buffer[] = []) => {
  const kept = new Map<string, Buffer>(before.map(one => [sha256Of(one), gzipSync(one)]))
  return {
    kept,
    find: (sha: string) => {
      const found = kept.get(sha)
      return Promise.resolve(found && gunzipSync(found))
    },
    keep: (sha: string, gzipped: Buffer) => Promise.resolve(void kept.set(sha, gzipped)),
  }
}

const from = (pull: PullPolicies, session: Session, frames = framesOf(sha256)) =>
  pull(session, stdin => ({ command: 'sh -s', stdin }), frames)

const problemOf = async (session: Session) =>
  (await from(policyPuller(memory()), session)).troubles[0]?.problem
const allHad = { troubles: [], needsTools: false }

describe('pulling policies', () => {
  let root = ''
  let asked = 0
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
    put('/sys/fs/selinux/policy', policy)
    asked = 0
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const put = (path: string, bytes: Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), bytes)
  }

  /** A node whose root is the test's; the script runs in a real sh. */
  const node = (environment: Readonly<Record<string, string>> = {}, before = ''): Session => ({
    exec: ({ stdin, onStdout, onStderr }) => {
      asked += 1
      return new Promise<ExecEnd>(resolve => {
        const env = { PATH: process.env['PATH'] ?? '', R: root, ...environment }
        const child = spawn('/bin/sh', ['-s'], { env, stdio: 'pipe', detached: true })
        if (before !== '') onStdout(Buffer.from(before))
        child.stdout.on('data', (chunk: Buffer) => {
          if (onStdout(chunk)) return
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
          child.stdout.destroy()
          resolve({ ended: 'stopped' })
        })
        child.stderr.on('data', (chunk: Buffer) => onStderr(chunk))
        child.stdin.on('error', () => undefined)
        child.on('close', code => resolve({ ended: 'exited', code: code ?? 255 }))
        child.stdin.end(stdin)
      })
    },
    close: () => undefined,
  })
  it('keeps what has the sha256 that the node said', async () => {
    const store = memory()
    expect(await from(policyPuller(store), node())).to.deep.equal(allHad)
    expect(gunzipSync(store.kept.get(sha256) ?? Buffer.alloc(0)).equals(policy)).to.equal(true)
  })

  it('fetches it once for all nodes that have it', async () => {
    const store = memory()
    const pull = policyPuller(store)
    await Promise.all(Array.from({ length: 20 }, () => from(pull, node())))
    expect(asked).to.equal(1)
    expect(store.kept.size).to.equal(1)
  })

  it('fetches nothing that an earlier run has', async () => {
    expect(await from(policyPuller(memory([policy])), node())).to.deep.equal(allHad)
    expect(asked).to.equal(0)
  })

  it('takes the installed policy too, the newest one', async () => {
    const installed = otherPolicy
    put('/etc/selinux/targeted/policy/policy.33', installed)
    const store = memory()
    const files = [
      `/etc/selinux/targeted/policy/policy.31\t${sha256Of(Buffer.from('old'))}`,
      `/etc/selinux/targeted/policy/policy.33\t${sha256Of(installed)}`,
    ]
    expect(await from(policyPuller(store), node(), framesOf(sha256, files))).to.deep.equal(allHad)
    expect([...store.kept.keys()]).to.have.members([sha256, sha256Of(installed)])
  })

  it('does without gzip on the node', async () => {
    const bin = join(root, 'bin')
    mkdirSync(bin)
    symlinkSync('/bin/cat', join(bin, 'cat'))
    const store = memory()
    expect(await from(policyPuller(store), node({ PATH: bin }))).to.deep.equal(allHad)
    expect(gunzipSync(store.kept.get(sha256) ?? Buffer.alloc(0)).equals(policy)).to.equal(true)
  })

  it('passes over what a login shell says before', async () => {
    const store = memory()
    expect(await from(policyPuller(store), node({}, 'Welcome!\n'))).to.deep.equal(allHad)
    expect(store.kept.size).to.equal(1)
  })

  it('asks the next node where one failed, and says so of the one that did', async () => {
    const store = memory()
    const pull = policyPuller(store)
    const bad = from(pull, node({ R: '/nowhere' }))
    const good = from(pull, node())
    expect((await bad).needsTools).to.equal(true)
    expect((await bad).troubles[0]).to.deep.include({ sha256 })
    expect((await bad).troubles[0]?.problem).to.contain('/sys/fs/selinux/policy: status 3')
    expect(await good).to.deep.equal(allHad)
    expect(asked).to.equal(2)
    expect(store.kept.size).to.equal(1)
  })

  it('costs no node its answers where a policy cannot be kept here', async () => {
    const full = () => Promise.reject(new SefleetError('store-unwritable', 'no space left'))
    const pull = policyPuller({ find: () => Promise.resolve(undefined), keep: full })
    const [first, second] = await Promise.all([from(pull, node()), from(pull, node())])
    const problem = '/sys/fs/selinux/policy: it cannot be kept here: no space left'
    expect(first).to.deep.equal({ troubles: [{ sha256, problem }], needsTools: true })
    expect(second).to.deep.equal(first)
  })

  it('gives up after three nodes', async () => {
    const pull = policyPuller(memory())
    for (let index = 0; index < 3; index += 1) await from(pull, node({ R: '/nowhere' }))
    expect(await from(pull, node())).to.deep.equal({
      troubles: [{ sha256, problem: 'not tried: fetching it failed from 3 other nodes' }],
      needsTools: true,
    })
    expect(asked).to.equal(3)
  })

  it('keeps nothing that came out other than asked for', async () => {
    put('/sys/fs/selinux/policy', Buffer.from('changed meanwhile'))
    const store = memory()
    expect((await from(policyPuller(store), node())).troubles[0]?.problem).to.match(
      /came with the sha256 [0-9a-f]{64}, not/,
    )
    expect(store.kept.size).to.equal(0)
  })

  it('reads no flood, and unpacks no bomb', async function () {
    this.timeout(600_000)
    const bin = join(root, 'bin')
    mkdirSync(bin)
    const asGzip = (body: string): Session => {
      writeFileSync(join(bin, 'gzip'), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
      return node({ PATH: `${bin}:/usr/bin:/bin` })
    }
    expect(await problemOf(asGzip('exec cat /dev/zero'))).to.contain('more than')
    writeFileSync(join(root, 'bomb'), gzipSync(Buffer.alloc(64 * 1024 * 1024)))
    expect(await problemOf(asGzip(`exec cat ${join(root, 'bomb')}`))).to.contain('cannot be unpacked')
    expect(await problemOf(asGzip('echo nonsense'))).to.contain('cannot be unpacked')
    expect(await problemOf(asGzip('exit 7'))).to.contain('status 7')
  })

  it('asks a node that could not read its policy for nothing', async () => {
    const [frame] = framesOf(sha256)
    if (!frame) throw new Error('no frame')
    const said = (stdout: string) => from(policyPuller(memory()), node(), [{ ...frame, stdout }])
    expect(await said('loaded!denied\n')).to.deep.equal({ troubles: [], needsTools: true })
    expect(await said('loaded!absent\n')).to.deep.equal({ troubles: [], needsTools: false })
    expect(await from(policyPuller(memory()), node(), [])).to.deep.equal({ troubles: [], needsTools: true })
    expect(asked).to.equal(0)
  })

  it('keeps a policy of a version that it does not know, and leaves the answers to the nodes, asking once', async () => {
    const future = Buffer.from(policy)
    future.writeUInt32LE(99, 16)
    put('/sys/fs/selinux/policy', future)
    const store = memory()
    const pull = policyPuller(store)
    for (let index = 0; index < 2; index += 1) {
      const { troubles, needsTools } = await from(pull, node(), framesOf(sha256Of(future)))
      expect(needsTools).to.equal(true)
      expect(troubles[0]?.problem).to.contain('cannot be read here').and.to.contain('policy version 99')
    }
    expect(asked).to.equal(1)
    expect([...store.kept.keys()]).to.deep.equal([sha256Of(future)])
  })
})
