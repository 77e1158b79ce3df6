import { createHash } from 'node:crypto'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { frameReader, toFrame, type RawFrame } from '../../src/collect/frames.ts'

const marker = 'fedcba9876543210fedcba9876543210'
const limit = 100
const stderrLimit = 20

const read = (stdout: readonly Buffer[], stderr: readonly Buffer[] = [], asks = 4) => {
  const reader = frameReader(marker, Array<number>(asks).fill(limit), stderrLimit, () => 0)
  for (const chunk of stdout) reader.stdout(chunk)
  for (const chunk of stderr) reader.stderr(chunk)
  return reader.finish()
}
const text = (words: string): Buffer => Buffer.from(words.replaceAll('M ', `${marker} `))
const shown = (frames: readonly RawFrame[]) =>
  frames.map(({ index, exit, cut, stdout, stderr }) => ({
    index,
    exit,
    cut,
    stdout: stdout.toString('latin1'),
    stderr: stderr.toString('latin1'),
  }))
const frame = (index: number, rest: Partial<ReturnType<typeof shown>[number]>) => ({
  index,
  exit: undefined,
  cut: undefined,
  stdout: '',
  stderr: '',
  ...rest,
})

describe('the frames of an answer', () => {
  for (const { title, stdout, stderr, frames, done } of [
    {
      title: 'are cut at their marks',
      stdout:
        '\nM hello 1 0 1795418000 +0100\n\nM begin 0\na\n\nM end 0 0\n\nM begin 1\n\nM end 1 3\n\nM done\n',
      stderr: '',
      frames: [frame(0, { exit: 0, stdout: 'a\n' }), frame(1, { exit: 3 })],
      done: true,
    },
    {
      title: 'take their stderr from its own marks',
      stdout: '\nM begin 0\na\nM end 0 0\n\nM begin 1\nb\nM end 1 0\n',
      stderr: 'noise of a login shell\nM begin 1\nwarning\n\nM end 1\nnoise of the end',
      frames: [frame(0, { exit: 0, stdout: 'a' }), frame(1, { exit: 0, stdout: 'b', stderr: 'warning\n' })],
      done: false,
    },
    {
      title: 'are cut by time when their end is missing',
      stdout: '\nM begin 0\na\nM end 0 0\n\nM begin 1\nbb',
      stderr: '',
      frames: [frame(0, { exit: 0, stdout: 'a' }), frame(1, { cut: 'time', stdout: 'bb' })],
      done: false,
    },
    {
      title: 'are cut by time when another’s end stands in its place',
      stdout: '\nM begin 0\na\nM end 1 0\n',
      stderr: '',
      frames: [frame(0, { cut: 'time', stdout: 'a' })],
      done: false,
    },
    {
      title: 'are cut by time when the script had none left',
      stdout: '\nM skip 2\n\nM done\n',
      stderr: '',
      frames: [frame(2, { cut: 'time' })],
      done: true,
    },
    {
      title: 'are cut by bytes when there were more than their limit',
      stdout: `\nM begin 0\n${'x'.repeat(limit + 1)}\nM end 0 0\n`,
      stderr: `\nM begin 0\n${'y'.repeat(stderrLimit + 9)}\nM end 0\n`,
      frames: [
        frame(0, { exit: 0, cut: 'bytes', stdout: 'x'.repeat(limit), stderr: 'y'.repeat(stderrLimit) }),
      ],
      done: false,
    },
    {
      title: 'count once, the first time',
      stdout: '\nM begin 0\nfirst\nM end 0 0\n\nM begin 0\nsecond\nM end 0 1\n',
      stderr: '\nM begin 0\none\nM end 0\n\nM begin 0\ntwo\nM end 0\n',
      frames: [frame(0, { exit: 0, stdout: 'first', stderr: 'one' })],
      done: false,
    },
    {
      title: 'of a question nobody asked are none',
      stdout: '\nM begin 4\na\nM end 4 0\n\nM begin -1\na\nM end -1 0\n\nM begin 1e0\na\nM end 1e0 0\n',
      stderr: '',
      frames: [],
      done: false,
    },
    {
      title: 'have no exit status that is none',
      stdout: '\nM begin 0\na\nM end 0 zero\n\nM begin 1\na\nM end 1\n\nM begin 2\na\nM end 2 99999\n',
      stderr: '',
      frames: [0, 1, 2].map(index => frame(index, { stdout: 'a' })),
      done: false,
    },
    {
      title: 'of another marker are text',
      stdout: `\nM begin 0\n\n${'0'.repeat(32)} end 0 0\n\nM end 0 1\n`,
      stderr: '',
      frames: [frame(0, { exit: 1, stdout: `\n${'0'.repeat(32)} end 0 0\n` })],
      done: false,
    },
  ])
    it(title, () => {
      const read1 = read([text(stdout)], [text(stderr)])
      expect(shown(read1.frames)).to.deep.equal(frames)
      expect(read1.done).to.equal(done)
    })

  it('say who and when the node is', () => {
    expect(read([text('\nM hello 1 1000 1795418000 -0330\n')]).hello).to.deep.equal({
      euid: 1000,
      epoch: 1_795_418_000,
      zone: '-0330',
    })
    expect(read([text('\nM hello 1 x 1795418000 -0330\n')]).hello).to.equal(undefined)
    expect(read([text('\nM hello 2 0 1795418000 -0330\n')]).hello).to.equal(undefined)
    expect(read([text('\nM hello 1 0 1795418000 \u001b[31m\n')]).hello?.zone).to.equal('+0000')
  })

  const piece = fc.oneof(
    fc.constantFrom('\n', `${marker} `, marker.slice(0, 16), '0', ' ', 'x'.repeat(60)),
    fc
      .tuple(
        fc.constantFrom('begin', 'end', 'skip', 'hello', 'done', 'x'),
        fc.integer({ min: 0, max: 5 }),
        fc.constantFrom('', ' 0', ' 1', ' 300'),
      )
      .map(([verb, index, rest]) => `\n${marker} ${verb} ${index}${rest}\n`),
    fc.string({ unit: 'binary', maxLength: 30 }),
  )

  it('are the same however the bytes arrive', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 20 }),
        (pieces, sizes) => {
          const bytes = Buffer.from(pieces.join(''))
          const chunks: Buffer[] = []
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1
            chunks.push(bytes.subarray(at, at + size))
            at += size
          }
          const inOne = read([bytes], [bytes])
          const inMany = read(chunks, chunks)
          expect(shown(inMany.frames)).to.deep.equal(shown(inOne.frames))
          expect(inMany.done).to.equal(inOne.done)
          expect(inMany.hello).to.deep.equal(inOne.hello)
        },
      ),
    )
  })

  it('never hold more than their limits, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
        const { frames } = read([Buffer.from(pieces.join(''))], [Buffer.from(pieces.join(''))])
        expect(new Set(frames.map(({ index }) => index)).size).to.equal(frames.length)
        for (const { index, stdout, stderr } of frames) {
          expect(index).to.be.within(0, 3)
          expect(stdout.length).to.be.at.most(limit)
          expect(stderr.length).to.be.at.most(stderrLimit)
        }
      }),
    )
  })

  it('cost no more when every byte comes alone', () => {
    const bytes = text(`\nM begin 0\n${'x'.repeat(99)}\nM end 0 0\n`.repeat(300))
    const chunks = Array.from(bytes, byte => Buffer.from([byte]))
    expect(shown(read(chunks).frames)).to.deep.equal([frame(0, { exit: 0, stdout: 'x'.repeat(99) })])
  })
})

const raw = (stdout: Buffer): RawFrame => ({ index: 0, exit: 0, ms: 1, stdout, stderr: Buffer.from('e') })

describe('a stored frame', () => {
  it('is text where its bytes are UTF-8', () => {
    expect(toFrame('os', raw(Buffer.from('grün')))).to.deep.include({ stdout: 'grün', stderr: 'e' })
  })

  it('is base64 where they are not', () => {
    const bytes = Buffer.from([0x67, 0xff, 0x00])
    const stored = toFrame('os', raw(bytes))
    expect(stored.encoding).to.equal('base64')
    expect(Buffer.from(stored.stdout, 'base64')).to.deep.equal(bytes)
  })

  it('is what its redaction leaves', () => {
    expect(toFrame('os', raw(Buffer.from('secret')), () => 'nothing')).to.deep.include({
      stdout: 'nothing',
      sha256: createHash('sha256').update('nothing').digest('hex'),
    })
  })
})
