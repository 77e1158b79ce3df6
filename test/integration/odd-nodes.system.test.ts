import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { z } from 'zod'
import { collect } from '../../src/collect/collect.ts'
import { buildScript } from '../../src/collect/script.ts'
import { keepFor } from '../../src/checks/keep.ts'
import { loadKnowledge } from '../../src/checks/load.ts'
import { askId, type Ask } from '../../src/model/ask.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { parseYaml } from '../../src/model/yaml.ts'
import { openTransport } from '../../src/transport/transport.ts'
import { needs } from '../tools.ts'
import { type Home, makeHome, makeKey } from '../transport/home.ts'
import { type Sshd, startSshd } from '../transport/sshd.ts'

const odd = z
  .array(
    z.strictObject({
      name: z.string(),
      about: z.string().optional(),
      needs: z.string().optional(),
      /** Only root can make a node like that. */
      root: z.literal(true).optional(),
      /** Bytes of what sshd says before the login. */
      banner: z.number().optional(),
      path: z.array(z.string()).optional(),
      login: z.string(),
      becomes: z.string(),
      says: z.string().optional(),
      never: z.string().optional(),
    }),
  )
  .parse(parseYaml(readFileSync('test/integration/odd-nodes.yaml', 'utf8')).value)

// What they are asked: the quickest question, one of a program that may be missing, and one of more output.
const asks: readonly Ask[] = [
  { probe: 'os', params: {} },
  { probe: 'command', params: { run: 'echo "here $(id -u)"', seconds: 20, root: false } },
]

describe('odd nodes', function () {
  this.timeout(300_000)
  let folder = ''
  let home: Home
  let sshd: Sshd | undefined
  const records = new Map<string, NodeRecord>()
  const address = (index: number): string => `127.0.30.${index + 1}`
  const isHere = ({ needs: program, root }: (typeof odd)[number]): boolean =>
    (root !== true || process.getuid?.() === 0) && (program === undefined || isInstalled(program))

  before(async function () {
    needs(this, 'sshd', 'ssh-keygen')
    folder = mkdtempSync(join(tmpdir(), 'sefleet-odd-'))
    home = makeHome()
    const key = makeKey()
    home.write('id_ed25519', key.private)
    const matches = odd.flatMap((one, index) => {
      const login = join(folder, `login-${one.name}`)
      writeFileSync(
        login,
        `#!/bin/sh\nCOMMAND=$SSH_ORIGINAL_COMMAND; export COMMAND\n${pathOf(one)}${one.login}\n`,
        { mode: 0o755 },
      )
      const banner = join(folder, `banner-${one.name}`)
      if (one.banner !== undefined) writeFileSync(banner, 'x'.repeat(one.banner))
      return [
        `Match LocalAddress ${address(index)}`,
        `  ForceCommand ${login}`,
        ...(one.banner === undefined ? [] : [`  Banner ${banner}`]),
      ]
    })
    mkdirSync(join(folder, 'sshd'))
    chmodSync(folder, 0o711)
    sshd = await startSshd(join(folder, 'sshd'), ['MaxStartups 100'], { listen: '0.0.0.0', matches })
    writeFileSync(sshd.authorizedKeys, `${key.public}\n`)
    const { port } = sshd
    const hostKey = (sshd.hostKeys['ed25519'] ?? '').replace(/^\S+ /, '')
    home.write('known_hosts', odd.map((_, index) => `[${address(index)}]:${port} ${hostKey}\n`).join(''))
    const nodes = odd
      .map(({ name }, index) => ({
        name,
        groups: [],
        leafGroups: [],
        connection: { kind: 'ssh', host: address(index), port } as const,
      }))
      .filter((_, index) => isHere(odd[index] ?? fail()))
    const { connect, close } = openTransport({ home: home.path, agentSocket: '' }, nodes)
    await collect({
      nodes,
      connect,
      script: buildScript(asks),
      keep: keepFor([], loadKnowledge()),
      policies: { find: () => Promise.resolve(undefined), keep: () => Promise.resolve() },
      forks: 4,
      become: false,
      nodeSeconds: 60,
      now: Date.now,
      signal: new AbortController().signal,
      onRecord: record => void records.set(record.node, record),
    }).finally(close)
  })
  after(async () => {
    await sshd?.stop()
    home?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const pathOf = ({ name, path }: (typeof odd)[number]): string => {
    if (!path) return ''
    const bin = join(folder, `bin-${name}`)
    mkdirSync(bin)
    for (const program of path) symlinkSync(whereIs(program), join(bin, program))
    return `PATH=${bin}; export PATH\n`
  }

  for (const one of odd)
    it(`${one.name}${one.about === undefined ? '' : ` (${one.about})`}: ${one.becomes}`, function () {
      if (one.needs !== undefined) needs(this, one.needs)
      if (!isHere(one)) this.skip()
      const record = records.get(one.name) ?? fail()
      const said = record.error?.sentence ?? ''
      if (one.never !== undefined) expect(JSON.stringify(record)).not.to.include(one.never)
      // oxlint-disable-next-line no-control-regex -- that is what may not come through
      expect(said).not.to.match(/[\u0000-\u001f\u007f\u202e]/)
      if (one.becomes !== 'answers') {
        expect(record).to.include({ status: 'missing' })
        expect(record.error?.code).to.equal(one.becomes)
        expect(said).to.include(one.says ?? '')
        return
      }
      expect(record.status, said).to.equal('answered')
      expect(record.frames.map(({ ask, exit }) => [ask, exit])).to.have.deep.members(
        asks.map(ask => [askId(ask), 0]),
      )
      expect(record.frames.find(({ ask }) => ask.startsWith('command'))?.stdout).to.match(/^here \d+\n/)
    })
})

const fail = (): never => {
  throw new Error('no such node')
}

const whereIs = (program: string): string =>
  execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim()

const isInstalled = (program: string): boolean => {
  try {
    return whereIs(program) !== ''
  } catch {
    return false
  }
}
