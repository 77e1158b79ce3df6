import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { linkTools } from '../../src/lab/tools.ts'
import type { Ask } from '../../src/model/ask.ts'
import { parseAsk, planOf } from '../../src/probes/index.ts'
import { prelude } from '../../src/probes/fragment.ts'
import { frameOf } from './fixtures.ts'

interface Root {
  readonly name: string
  readonly uid?: number
  readonly files: Readonly<Record<string, string>>
  readonly links?: Readonly<Record<string, string>>
  readonly tools?: Readonly<Record<string, string | { readonly fails: string }>>
  readonly is: string
  readonly says?: string
}

const roots = parse(readFileSync('test/fixtures/next-boot-roots.yaml', 'utf8'), {
  merge: true,
}) as readonly Root[] // our own data
const ask: Ask<'next-boot'> = { probe: 'next-boot', params: { names: ['selinux-policy*', '*-selinux'] } }

// Lists the database that --dbpath names, which must be there: the real one would make it.
const lists =
  'case $3 in -q) exit 1;; esac; [ "$1" = --dbpath ] && cat "$2"/rpmdb.sqlite "$2"/Packages.db 2>/dev/null; true'

const put = (path: string, content: string, mode = 0o644): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content, { mode })
}

describe('the fragment of the probe next-boot', () => {
  let folder = ''
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  const answerOf = ({ uid = 0, files, links = {}, tools = {} }: Root) => {
    const root = join(folder, 'root')
    mkdirSync(root)
    for (const [path, content] of Object.entries(files)) put(join(root, path), content)
    for (const [path, target] of Object.entries(links)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      symlinkSync(target.startsWith('/') ? join(root, target) : target, join(root, path))
    }
    const bin = join(folder, 'bin')
    put(join(bin, 'id'), `#!/bin/sh\necho ${uid}\n`, 0o755)
    for (const [name, said] of Object.entries(tools)) {
      const body =
        typeof said !== 'string'
          ? `echo '${said.fails}' >&2; exit 1`
          : said === 'lists'
            ? lists
            : `printf '%s' '${said}'`
      put(join(bin, name), `#!/bin/sh\n${body}\n`, 0o755)
    }
    const before = readdirSync(root, { recursive: true })
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', prelude + planOf(ask).fragment], {
      env: { R: root, PATH: `${bin}:${linkTools(folder, process.env['PATH'] ?? '')}`, LC_ALL: 'C' },
      encoding: 'utf8',
    })
    expect(readdirSync(root, { recursive: true }), 'files').to.deep.equal(before)
    return { stdout, stderr, exit: status ?? -1 }
  }

  for (const root of roots)
    it(`is ${root.is} on: ${root.name}`, () => {
      const answer = answerOf(root)
      const reading = parseAsk(ask, frameOf(ask, answer))
      expect(reading.state === 'read' ? reading.value.state : reading.reason, answer.stderr).to.equal(root.is)
      expect(JSON.stringify(reading)).to.match(new RegExp(root.says ?? ''))
    })
})
