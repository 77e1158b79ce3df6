import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import { frameReader } from '../../src/collect/frames.ts'
import { buildScript, scriptFor } from '../../src/collect/script.ts'
import type { Ask } from '../../src/model/ask.ts'
import { limits } from '../../src/model/limits.ts'
import { needs } from '../tools.ts'

/*
 * The script as real shells run it: what each question answered, how it ended, and that nothing of it is left. A
 * question is a `command` here, for that says anything.
 */
const marker = '0123456789abcdef0123456789abcdef'
const ask = (run: string, seconds = 20): Ask<'command'> => ({
  probe: 'command',
  params: { run, root: false, seconds },
})

interface Case {
  readonly title: string
  readonly ask: Ask<'command'>
  readonly exit?: number
  readonly stdout: string | RegExp
  readonly stderr?: string | RegExp
  readonly cut?: 'bytes' | 'time'
  /** It leaves something that only the end of its process group ends. */
  readonly needsGroup?: true
}

const allCases: readonly Case[] = [
  { title: 'says something', ask: ask('echo one; echo two'), exit: 0, stdout: 'one\ntwo\n\n#end 0\n' },
  { title: 'says nothing', ask: ask('true'), exit: 0, stdout: '\n#end 0\n' },
  { title: 'says no newline', ask: ask('printf x'), exit: 0, stdout: 'x\n#end 0\n' },
  { title: 'fails', ask: ask('echo no >&2; exit 7'), exit: 7, stdout: '\n#end 7\n', stderr: 'no' },
  {
    title: 'is not there',
    ask: ask('no-such-program'),
    exit: 127,
    stdout: '\n#end 127\n',
    stderr: /not found/,
  },
  { title: 'is no shell', ask: ask('if'), exit: 2, stdout: '\n#end 2\n', stderr: /yntax/ },
  { title: 'reads its stdin', ask: ask('cat'), exit: 0, stdout: '\n#end 0\n' },
  { title: 'says bytes', ask: ask("printf 'a\\000\\377b'"), exit: 0, stdout: /^a\0\ufffdb\n#end 0\n$/ },
  {
    title: 'says what looks like an end of its own',
    ask: ask("printf '\\n#end 0\\n'; exit 1"),
    exit: 1,
    stdout: '\n#end 0\n\n#end 1\n',
  },
  {
    title: 'says bytes on stderr',
    ask: ask("printf 'a\\000b\\n' >&2"),
    exit: 0,
    stdout: '\n#end 0\n',
    stderr: 'ab',
  },
  {
    title: 'is quoted in every way',
    ask: ask(`printf '%s\\n' "it's" '$HOME' \`echo back\` "\\"q\\""`),
    exit: 0,
    stdout: `it's\n$HOME\nback\n"q"\n\n#end 0\n`,
  },
  {
    title: 'says more than it may',
    ask: ask('i=0; while [ $i -lt 9000 ]; do echo 0123456789; i=$((i+1)); done'),
    stdout: /^(0123456789\n)+/,
    cut: 'bytes',
  },
  {
    title: 'never stops talking',
    ask: ask('while :; do echo more; done', 3),
    stdout: /^(more\n)+/,
    cut: 'bytes',
  },
  {
    title: 'never stops complaining',
    ask: ask('while :; do echo more; done >&2', 3),
    stdout: /^\n#end \d+\n$/,
    stderr: /^(more\n)+/,
  },
  {
    title: 'does not end',
    ask: ask('echo before; sleep 600', 2),
    exit: 124,
    stdout: 'before\n\n#end 124\n',
    stderr: /^(Terminated)?$/,
    needsGroup: true,
  },
  {
    title: 'leaves a child that holds its pipes',
    ask: ask('sleep 600 & echo gone'),
    exit: 0,
    stdout: 'gone\n\n#end 0\n',
    needsGroup: true,
  },
  { title: 'comes after all of these', ask: ask('echo here'), exit: 0, stdout: 'here\n\n#end 0\n' },
]

/** Programs the script may use; without `timeout`, `setsid`, `renice` and `nice` it has to do by itself. */
const bare = ['cat', 'date', 'head', 'id', 'sleep', 'tr', 'true']
const whole = [...bare, 'nice', 'renice', 'setsid', 'timeout']

interface Shell {
  readonly title: string
  /** Its program, and what stands before the script's words. */
  readonly words: readonly [string, ...string[]]
  readonly tools: readonly string[]
  /** busybox's own tools instead of this machine's. */
  readonly busybox?: true
}

const shells: readonly Shell[] = [
  { title: 'dash', words: ['dash'], tools: whole },
  { title: 'bash, as sh', words: ['bash', '--posix'], tools: whole },
  { title: 'dash without timeout, setsid and nice', words: ['dash'], tools: bare },
  { title: 'dash without renice', words: ['dash'], tools: [...bare, 'nice', 'setsid', 'timeout'] },
  { title: 'dash without timeout', words: ['dash'], tools: [...bare, 'setsid'] },
  { title: 'bash without timeout, setsid and nice', words: ['bash', '--posix'], tools: bare },
  { title: 'busybox', words: ['busybox', 'sh'], tools: whole, busybox: true },
  { title: 'busybox without timeout', words: ['busybox', 'sh'], tools: [...bare, 'setsid'], busybox: true },
]

for (const { title, words, tools, busybox } of shells) {
  const cases = allCases.filter(({ needsGroup }) => !needsGroup || tools.includes('setsid'))
  describe(`the script in ${title}`, function () {
    this.timeout(600_000)
    const folder = mkdtempSync(join(tmpdir(), 'sefleet-test-script-'))
    const script = buildScript(cases.map(one => one.ask))
    let frames: ReadonlyMap<number, ReturnType<ReturnType<typeof frameReader>['finish']>['frames'][number]>
    let end: { readonly done: boolean; readonly status: number | null }

    before(async function () {
      needs(this, words[0])
      const path = binFolder(folder, words, tools, busybox === true)
      const reader = frameReader(marker, script.askBytes, limits.askStderrBytes, Date.now)
      const child = spawn(real(words[0]), [...words.slice(1), '-s'], {
        // With R, a made-up root, PATH stays as it is.
        env: { PATH: path, R: folder },
        stdio: 'pipe',
      })
      child.stdout.on('data', (chunk: Buffer) => reader.stdout(chunk))
      child.stderr.on('data', (chunk: Buffer) => reader.stderr(chunk))
      child.stdin.end(scriptFor(script, marker))
      const status = await new Promise<number | null>(resolve => child.on('close', resolve))
      const finished = reader.finish()
      frames = new Map(finished.frames.map(frame => [frame.index, frame]))
      end = { done: finished.done, status }
    })
    after(() => rmSync(folder, { recursive: true, force: true }))

    it('comes to its last line', () => expect(end).to.deep.equal({ done: true, status: 0 }))

    for (const [position, one] of cases.entries())
      it(`answers for a question that ${one.title}`, () => {
        const frame = frames.get(position)
        if (!frame) throw new Error('no answer')
        expect(frame.cut).to.equal(one.cut)
        if (one.exit !== undefined) expect(frame.exit).to.equal(one.exit)
        expectText(frame.stdout.toString(), one.stdout)
        expectText(frame.stderr.toString().trimEnd(), one.stderr ?? '')
        expect(frame.stdout.length).to.be.at.most(script.askBytes[position] ?? 0)
        expect(frame.stderr.length).to.be.at.most(limits.askStderrBytes)
      })

    it('leaves no process behind', async () => {
      // A watchdog's `sleep 1` may outlive it.
      for (let turn = 0; turn < 50 && leftovers(folder).length > 0; turn += 1) await pause(100)
      expect(leftovers(folder)).to.deep.equal([])
    })
  })
}

const expectText = (text: string, wanted: string | RegExp): void => {
  if (typeof wanted === 'string') expect(text).to.equal(wanted)
  else expect(text).to.match(wanted)
}

const leftovers = (root: string): readonly string[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`R=${root}`)
      } catch {
        return false // it ended between the two looks
      }
    })

const binFolder = (
  folder: string,
  [shell]: readonly string[],
  tools: readonly string[],
  busybox: boolean,
): string => {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const name of ['sh', ...tools])
    symlinkSync(busybox ? real('busybox') : real(name === 'sh' ? (shell ?? '') : name), join(bin, name))
  return bin
}

const real = (name: string): string => {
  const found = (process.env['PATH'] ?? '')
    .split(':')
    .map(place => join(place, name))
    .find(existsSync)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}
