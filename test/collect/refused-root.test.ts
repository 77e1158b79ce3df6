import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { collect } from '../../src/collect/collect.ts'
import { buildScripts } from '../../src/collect/script.ts'
import { keepFor } from '../../src/checks/keep.ts'
import { loadKnowledge } from '../../src/checks/load.ts'
import { memoisedReader } from '../../src/evaluate/read-record.ts'
import { rootNotes } from '../../src/evaluate/root-notes.ts'
import type { Ask } from '../../src/model/ask.ts'
import type { Connected, ExecEnd, ExecRequest } from '../../src/model/exec.ts'
import type { Becoming } from '../../src/model/node.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { Secret } from '../../src/model/secret.ts'

const word = 'hunter2-Zq'
const command = (run: string): Ask<'command'> => ({
  probe: 'command',
  params: { run, root: run === 'true', seconds: 20 },
})
const asks: readonly Ask[] = [
  command("echo one; echo 'login: hunter2'-Zq"),
  command('true'),
  command('echo fine'),
  { probe: 'policy-files', params: {} },
]

describe('a node that gives no root', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sefleet-refused-'))
    const put = (name: string, text: string) =>
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
    // Whoever runs the tests is somebody else.
    put('id', 'echo 1000')
    // It shows what it was given, which no sudo does.
    put(
      'sudo',
      `echo "called $1" >>'${folder}/calls'; case $* in *-S*) IFS= read -r p; echo "Sorry, try again, not $p.";; *) echo "sudo: a password is required";; esac >&2; exit 1`,
    )
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const asked = async (becoming: Becoming, hostKeys?: Connected['hostKeys']): Promise<NodeRecord> => {
    writeFileSync(join(folder, 'calls'), '')
    const records: NodeRecord[] = []
    await collect({
      ...buildScripts(asks),
      policyScript: buildScripts([command('echo by its own tools')]).script,
      nodes: [
        {
          name: 'n1',
          groups: ['all'],
          leafGroups: ['all'],
          connection: { kind: 'ssh', host: '127.0.0.1', become: true, becoming },
        },
      ],
      connect: () =>
        Promise.resolve({
          ...(hostKeys ? { hostKeys } : {}),
          session: {
            exec: request => inShell(request, `${folder}:${process.env['PATH']}`),
            close: () => undefined,
          },
        }),
      keep: keepFor([], loadKnowledge()),
      policies: { find: () => Promise.resolve(undefined), keep: () => Promise.resolve() },
      forks: 1,
      become: false,
      nodeSeconds: 60,
      now: () => 0,
      signal: new AbortController().signal,
      onRecord: record => void records.push(record),
    })
    const [record] = records
    if (!record) throw new Error('no record')
    return record
  }

  it('says so in its record, is asked once, and answers the rest', async () => {
    const record = await asked({ method: 'sudo' })
    expect(record.status).to.equal('answered')
    expect(record.notRoot).to.deep.equal({
      code: 'become-password',
      sentence: "sudo wants a password, and none was given: 'sudo: a password is required'",
    })
    expect(readFileSync(join(folder, 'calls'), 'utf8')).to.equal('called -n\n')
    const read = memoisedReader(asks)(record)
    expect(read(command('echo fine')).state).to.equal('read')
    const needsRoot = read(command('true'))
    expect('detail' in needsRoot && needsRoot.detail).to.equal(
      "root is needed to read this; sudo wants a password, and none was given: 'sudo: a password is required'",
    )
  })

  it('is told once for all such nodes, with the next step', () => {
    const notRoot = { code: 'become-refused', sentence: "sudo refused: 'ada is not in the sudoers file.'" }
    const node = (name: string, address: string) => ({
      name,
      address,
      status: 'answered' as const,
      groups: [],
      facts: { notRoot },
      outcomes: [],
      denials: [],
    })
    const [note, ...others] = rootNotes([node('n1', '10.0.0.1:22'), node('n2', '10.0.0.2:22')])
    expect(others).to.deep.equal([])
    expect(note).to.match(
      /^n\[?1.*2\]?: asked without root \(become-refused\): sudo refused: 'ada is not in the sudoers file\.'; what needs root is unknown there\. Let this user become root/,
    )
  })

  it('is given no password where it shows another host key than the known one', async () => {
    const seen = { state: 'unverified', host: 'n1', key: 'ssh-ed25519 key SHA256:x', isOther: true } as const
    await asked({ method: 'sudo', password: new Secret(word) }, [seen])
    expect(readFileSync(join(folder, 'calls'), 'utf8')).to.equal('called -n\n')
  })

  it('shows its password nowhere, be it that the node says it', async () => {
    const record = await asked({ method: 'sudo', password: new Secret(word) })
    expect(JSON.stringify(record)).to.not.include(word)
    expect(record.notRoot).to.deep.equal({
      code: 'become-password',
      sentence: "sudo did not take the password: 'Sorry, try again, not ***.'",
    })
    expect(readFileSync(join(folder, 'calls'), 'utf8')).to.equal('called -n\ncalled -k\n')
    const echoing = record.frames.find(({ stdout }) => stdout.startsWith('one'))
    expect(echoing?.stdout).to.equal('one\nlogin: ***\n\n#end 0\n')
    // What was taken out may have mattered: nothing passes by such an answer.
    expect(echoing?.cut).to.equal('secret')
  })
})

const inShell = ({ command: line, stdin, onStdout, onStderr }: ExecRequest, path: string): Promise<ExecEnd> =>
  new Promise(resolve => {
    const child = spawn('/bin/sh', ['-c', line], { env: { PATH: path }, stdio: 'pipe' })
    child.stdout.on('data', onStdout)
    child.stderr.on('data', onStderr)
    child.stdin.on('error', () => undefined)
    child.on('close', code => resolve({ ended: 'exited', code: code ?? 255 }))
    child.stdin.end(stdin)
  })
