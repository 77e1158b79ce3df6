import { expect } from 'chai'
import * as fc from 'fast-check'
import type { ProbeName } from '../../src/model/ask.ts'
import { parseAsk, redactorOf } from '../../src/probes/index.ts'
import { fixturesOf, frameOf, keep, probeNames, type Fixture } from './fixtures.ts'

/*
 * A node may answer whatever it likes: a parser says what it makes of it, and never throws. What it says is well-formed:
 * read with a value, or unreadable with a reason in words.
 */
const runs = 2000

for (const probe of probeNames)
  describe(`the probe ${probe}, answered by a liar`, function () {
    this.timeout(600_000)
    const fixtures = fixturesOf(probe)
    const anyFixture = fc.constantFrom(...fixtures)

    it('makes something of any bytes', () => {
      fc.assert(
        fc.property(anyFixture, anyBytes, anyEnd, (fixture, stdout, end) => {
          expectReading(fixture, { ...end, [fieldOf(fixture)]: stdout })
        }),
        { numRuns: runs },
      )
    })

    it('makes something of a good answer that was tampered with', () => {
      fc.assert(
        fc.property(
          anyFixture,
          fc.array(anyEdit, { minLength: 1, maxLength: 4 }),
          anyEnd,
          (fixture, edits, end) => {
            const stdout = edits.reduce((text, edit) => edit(text), textOf(fixture))
            expectReading(fixture, { ...end, [fieldOf(fixture)]: stdout })
          },
        ),
        { numRuns: runs },
      )
    })

    // No clock is asked: going over a line twice for each of its characters would take longer than mocha waits.
    it('finishes with an endless run at any word of a good answer', function () {
      this.timeout(600_000)
      const good = fixtures.find(({ name }) => name === 'good')
      if (!good) throw new Error(`no good answer of ${probe}`)
      for (const stdout of stretched(textOf(good), 200_000)) expectReading(good, { [fieldOf(good)]: stdout })
    })

    it('finishes with a mebibyte of one thing', () => {
      const [fixture] = fixtures
      if (!fixture) throw new Error(`no fixture of ${probe}`)
      for (const filler of fillers)
        expectReading(fixture, {
          [fieldOf(fixture)]: textOf(fixture) + filler.repeat(Math.ceil(1_048_576 / filler.length)),
        })
    })
  })

/** Where a pattern once went over a line again for each of its characters: probe, head, what is repeated, tail. */
const traps: readonly (readonly [ProbeName, string, string, string])[] = [
  ['denials', '#source ausearch\ntype=AVC msg=audit(1.1:1): ', 'avc: denied { ', ''],
  ['denials', '#source ausearch\ntype=AVC msg=audit(1.1:1):', ' ', 'avc:\u2028 x'],
  ['denials', '#source ausearch\ntype=AVC msg=audit(1.1:1): avc: denied', ' ', '{ a }'],
  ['denials', '#source ausearch\n#first ', 'msg=audit(', '\n#rc 0\n'],
  ['denials', '#source ausearch\ntype=USER_AVC msg=audit(1.1:1): ', ' cmdline="x"', '\n#rc 0\n'],
  ['processes', '#at 1\n1 1 1 root x', ' ', 'argv\u2028'],
  ['processes', '#at 1\n1 1 1 ', 'root ', '\u2028'],
  ['allow', '#sesearch 0\nallow a ', ':', ' x'],
  ['allow', '#sesearch 0\nallow a b:c { ', 'd ', '{ };'],
  ['allow', '#sesearch 0\nallow a b:c d; [', ' ]', '\u2028 x'],
  ['transition', '#sesearch 0\ntype_transition a ', 'b:', ' x'],
  ['transition', '#sesearch 0\ntype_transition a b:c d', ';', ' x'],
  ['runtime', 'key\t/etc/x\t', ' ', 'x\n#looked\n'],
  ['services', '#units\n', '\n ', 'x'],
  ['modules', '#semodule\n', ' ', 'x'],
  ['packages', '#dpkg\ndpkg\tx\t', '1:-', '\tall\tii \t1'],
]

describe('a line that made a pattern go in circles', function () {
  this.timeout(600_000)
  for (const [index, [probe, head, unit, tail]] of traps.entries())
    it(`is read in one go: ${probe}, ${JSON.stringify(unit)} (${index + 1})`, () => {
      const [fixture] = fixturesOf(probe)
      if (!fixture) throw new Error(`no fixture of ${probe}`)
      const stdout = `${head}${unit.repeat(Math.ceil(500_000 / unit.length))}${tail}`
      expectReading(fixture, { [fieldOf(fixture)]: stdout })
      expectReading(fixture, { stdout })
    })
})

const expectReading = (fixture: Fixture, answer: Parameters<typeof frameOf>[1]): void => {
  const reading = parseAsk(fixture.ask, frameOf(fixture.ask, answer))
  if (reading.state === 'unreadable') expect(reading.detail).to.be.a('string').and.not.equal('')
  else expect(reading.value).to.not.equal(undefined)
}

/** Through the collector's redaction, where there is one. */
const fieldOf = ({ ask }: Fixture): 'raw' | 'stdout' => (redactorOf(ask, keep) ? 'raw' : 'stdout')
const textOf = ({ raw, stdout }: Fixture): string => raw ?? stdout ?? ''

const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.from(bytes).toString('utf8')),
  fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.from(bytes).toString('latin1')),
  fc.string({ unit: 'binary', maxLength: 200 }),
)

const anyEnd = fc.record({
  exit: fc.constantFrom(0, 1, 2, 3, 7, 124, 126, 127, 137, 141, 251, 252, 255),
  stderr: fc.constantFrom('', '<no matches>\n', 'missing rpm\n', '\u0000\u001b[31m\n'),
  whole: fc.boolean(),
  cut: fc.constantFrom('bytes' as const, 'time' as const, undefined),
})

type Edit = (text: string) => string
const at = (text: string, where: number): number => where % (text.length + 1)
const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat(40)).map(([where, length]): Edit => {
    return text => text.slice(0, at(text, where)) + text.slice(at(text, where) + length)
  }),
  fc.tuple(fc.nat(), anyBytes).map(([where, bytes]): Edit => {
    return text => text.slice(0, at(text, where)) + bytes + text.slice(at(text, where))
  }),
  fc.tuple(fc.nat(), fc.nat()).map(([one, other]): Edit => {
    return text => {
      const lines = text.split('\n')
      const [a, b] = [one % lines.length, other % lines.length]
      return lines.map((line, index) => (index === a ? lines[b] : index === b ? lines[a] : line)).join('\n')
    }
  }),
  fc.nat().map((where): Edit => {
    return text => {
      const lines = text.split('\n')
      return [...lines, lines[where % lines.length]].join('\n')
    }
  }),
)

// Whatever a pattern may go over more than once; the last ones end no line for a `.`.
const fillers = [
  ' ',
  '\t',
  '"',
  '{',
  ':',
  ';',
  'a',
  '9',
  ']',
  '=',
  '\\',
  "'",
  '\n',
  '\r',
  '\u2028',
  ' \n',
  'a=" ',
  'avc: denied { ',
]

/** A text with one endless run before a word of one of its longest lines, and an end that no pattern likes. */
function* stretched(text: string, length: number): Iterable<string> {
  const lines = text.split('\n')
  const longest = lines.toSorted((a, b) => b.length - a.length).slice(0, 2)
  for (const filler of fillers) {
    const run = filler.repeat(Math.ceil(length / filler.length))
    for (const line of new Set([...longest, lines[1] ?? ''])) {
      const words = [...line.matchAll(/\b\w|$/g)]
      const step = Math.ceil(words.length / 14)
      for (const { index } of words.filter((_, turn) => turn % step === 0))
        yield [
          ...lines.slice(0, lines.indexOf(line)),
          `${line.slice(0, index)}${run}${line.slice(index)}\u2028 }x`,
        ].join('\n')
    }
  }
}
