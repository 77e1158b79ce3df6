import { execFileSync } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { SefleetError } from '../../src/errors.ts'
import { hashedNames } from '../../src/transport/hashed-names.ts'
import { matchesHostList } from '../../src/transport/host-pattern.ts'
import { parseKnownHostsLine } from '../../src/transport/known-hosts-line.ts'
import { indexKnownHosts, readKnownHosts } from '../../src/transport/known-hosts.ts'
import { compressBlock, expandBlock, initialState } from '../../src/transport/sha1.ts'
import { needs } from '../tools.ts'
import { makeKey } from './home.ts'

const key = makeKey().public
const find = (text: string, name: string): readonly number[] =>
  indexKnownHosts([{ file: 'known_hosts', text }])
    .find(name)
    .map(({ line }) => line)

describe('known_hosts', () => {
  const cases: readonly (readonly [names: string, looked: string, isFound: boolean])[] = [
    ['n1', 'n1', true],
    ['N1', 'n1', true],
    ['n1', 'n10', false],
    ['a,n1,b', 'n1', true],
    ['[n1]:2222', '[n1]:2222', true],
    ['[n1]:2222', 'n1', false],
    ['n1', '[n1]:2222', false],
    ['*.example', 'a.example', true],
    ['*.example', 'example', false],
    ['n?', 'n1', true],
    ['n?', 'n', false],
    ['*.example,!bad.example', 'good.example', true],
    ['*.example,!bad.example', 'bad.example', false],
    ['!bad.example,*.example', 'bad.example', false],
    ['!bad.example', 'good.example', false],
    ['*', 'anything', true],
    ['fd00::1', 'fd00::1', true],
    ['n1,', '', true],
  ]
  for (const [names, looked, isFound] of cases) {
    it(`${isFound ? 'finds' : 'does not find'} '${looked}' in ${names}`, () => {
      expect(find(`${names} ${key}\n`, looked)).to.deep.equal(isFound ? [1] : [])
    })
  }

  it('keeps the order of the lines, however they are written', () => {
    const hash = hashOf('n1')
    expect(
      find(`${hash} ${key}\nn* ${key}\nn1 ${key}\nother ${key}\n${hashOf('n1')} ${key}`, 'n1'),
    ).to.deep.equal([1, 2, 3, 5])
  })

  it('finds a hashed name twice', () => {
    const known = indexKnownHosts([
      { file: 'known_hosts', text: `${hashOf('n1')} ${key}\n${hashOf('n2')} ${key}` },
    ])
    for (const name of ['n1', 'n2', 'n1', 'n3', 'n2', 'n3'])
      expect(known.find(name).map(({ line }) => line)).to.deep.equal({ n1: [1], n2: [2] }[name] ?? [])
  })

  it('finds a hashed name that is longer than a block of SHA-1', () => {
    const name = `${'n'.repeat(90)}.example`
    expect(find(`${hashOf(name)} ${key}`, name)).to.deep.equal([1])
  })

  it('reads markers, and lines with blanks, tabs and carriage returns', () => {
    const lines = [
      `@revoked n1 ${key}`,
      `\t@cert-authority\tn1\t${key.replace(' ', '\t')} words`,
      ` n1  ${key}\r`,
    ]
    expect(lines.map(line => parseKnownHostsLine(line, 'f', 1)?.marker)).to.deep.equal([
      'revoked',
      'cert-authority',
      undefined,
    ])
    expect(lines.map(line => parseKnownHostsLine(line, 'f', 1)?.names)).to.deep.equal(['n1', 'n1', 'n1'])
  })

  const skipped = [
    '',
    '  ',
    `# n1 ${key}`,
    'n1',
    'n1 ',
    'n1 # words and more',
    `@wrong n1 ${key}`,
    `@revoked @revoked n1 ${key}`,
  ]
  for (const line of skipped) {
    it(`skips '${line.slice(0, 30)}'`, () => {
      expect(parseKnownHostsLine(line, 'f', 1)).to.equal(undefined)
    })
  }

  it('never fails on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.string(), (text, name) => {
        find(text, name)
        find(`|1|${text} ${key}`, name)
      }),
    )
  })

  it('cannot be read when it is a directory, whether it must exist or not', () => {
    for (const isRequired of [true, false])
      expect(() => readKnownHosts([{ path: tmpdir(), isRequired }])).to.throw(SefleetError, 'EISDIR')
  })

  it('finds a plain name among 20,000 lines for 10,000 nodes', () => {
    const text = Array.from(
      { length: 20_000 },
      (_, i) => `node-${i >> 1},10.0.${i >> 9}.${i & 255} ${key}`,
    ).join('\n')
    const known = indexKnownHosts([{ file: 'known_hosts', text }])
    let found = 0
    for (let i = 0; i < 10_000; i++) found += known.find(`node-${i}`).length
    expect(found).to.equal(20_000)
  })
})

describe('a pattern of known_hosts', () => {
  it('matches as a regular expression of the same meaning', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), minLength: 1, maxLength: 8 })
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 })
    fc.assert(
      fc.property(part, name, (pattern, text) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
        expect(matchesHostList(pattern, text)).to.equal(new RegExp(`^${source}$`).test(text))
      }),
      { numRuns: 2000 },
    )
  })

  it('costs no more for many stars', () => {
    expect(matchesHostList('*a'.repeat(500), 'a'.repeat(499))).to.equal(false)
  })
})

describe('the HMAC of hashed names', () => {
  it('is the one of node:crypto, for any salt and name', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.string({ unit: 'binary-ascii', maxLength: 60 }),
        (salt, name) => {
          const line = parseKnownHostsLine(`${hashOf(name, Buffer.from(salt))} ${key}`, 'f', 1)
          if (!line) expect.fail('no line')
          expect(hashedNames([line]).find(name)).to.deep.equal([line])
          expect(hashedNames([line]).find(`${name}x`)).to.deep.equal([])
        },
      ),
    )
  })

  it('rests on SHA-1', () => {
    const words = new Int32Array(80)
    const block = Buffer.alloc(64)
    block.write('abc')
    block[3] = 0x80
    block.writeUInt32BE(24, 60)
    for (let i = 0; i < 16; i++) words[i] = block.readInt32BE(i * 4)
    expandBlock(words)
    const state = new Int32Array(5)
    compressBlock(initialState, 0, words, state, 0)
    const digest = Buffer.alloc(20)
    state.forEach((word, i) => digest.writeInt32BE(word, i * 4))
    expect(digest.toString('hex')).to.equal(createHash('sha1').update('abc').digest('hex'))
  })
})

describe('known_hosts as ssh-keygen reads it', () => {
  let folder = ''
  before(function () {
    needs(this, 'ssh-keygen')
    folder = mkdtempSync(join(tmpdir(), 'sefleet-known-hosts-'))
  })
  after(() => {
    if (folder) rmSync(folder, { recursive: true })
  })

  const atom = fc.constantFrom(
    'n1',
    'n2',
    'N1',
    '[n1]:22',
    '[n1]:2222',
    'a.example',
    'b.example',
    'n*',
    '?1',
    '*.example',
    '*',
    '[n?]:2222',
    'fd00::1',
  )
  const names = fc
    .array(
      fc
        .tuple(fc.boolean(), atom)
        .map(([isNegated, text]) => (isNegated && text !== 'n1' ? `!${text}` : text)),
      { minLength: 1, maxLength: 3 },
    )
    .map(list => list.join(','))
  const line = fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(fc.constantFrom('', '', '@revoked ', '@cert-authority ', '@other '), names)
        .map(([marker, list]) => `${marker}${list} ${key}`),
    },
    { weight: 1, arbitrary: fc.constantFrom('', '# n1', 'n1', '  ', `  n1\t${key}`, `n1 ${key} a comment`) },
  )
  const looked = ['n1', 'n2', '[n1]:2222', 'a.example', 'b.example', 'fd00::1', 'x']

  // In two shells for all files: a process of ours for each question would take minutes.
  it('has the same lines for every name, plain and hashed, in 150 files', function () {
    this.timeout(600_000)
    const files = fc
      .sample(
        fc.tuple(
          fc.array(line, { maxLength: 8 }),
          fc.shuffledSubarray(looked, { minLength: 1, maxLength: 1 }),
        ),
        150,
      )
      .map(([lines, some], index) => {
        const file = join(folder, `known_hosts.${index}`)
        writeFileSync(file, lines.map(text => `${text}\n`).join(''))
        return { file, some }
      })
    compare(files)
    shell(files.map(({ file }) => `ssh-keygen -q -H -f '${file}'`))
    compare(files)
  })

  const compare = (files: readonly { readonly file: string; readonly some: readonly string[] }[]) => {
    const asked = files.flatMap(({ file, some }) => some.map(name => ({ file, name })))
    const said = shell(
      asked.map(({ file, name }) => `ssh-keygen -F '${name}' -f '${file}'; echo =====`),
    ).split('=====\n')
    for (const [index, { file, name }] of asked.entries()) {
      const text = readFileSync(file, 'latin1')
      expect(find(text, name), `${name} in\n${text}`).to.deep.equal(linesOf(said[index] ?? ''))
    }
  }
})

const hashOf = (name: string, salt = createHash('sha1').update(`salt of ${name}`).digest()): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`

const shell = (lines: readonly string[]): string =>
  execFileSync('sh', ['-s'], {
    input: `exec 2>/dev/null\n${lines.join('\n')}\ntrue\n`,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })

// # Host n1 found: line 3 REVOKED
const linesOf = (said: string): readonly number[] =>
  [...said.matchAll(/^# Host .* found: line (\d+)/gm)].map(([, line]) => Number(line))
