import { expect } from 'chai'
import * as fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { PythonTypeError, pythonLiteral } from '../../src/inventory/python/literal.ts'
import { pythonJson } from '../../src/inventory/python/json.ts'
import { nameText } from '../../src/inventory/tree.ts'
import type { YamlTree } from '../../src/model/yaml-tree.ts'
import { shlexWords } from '../../src/inventory/python/shlex.ts'
import { needs } from '../tools.ts'
import { askAnsible, isRefusal, type Answered } from './oracle.ts'

// The seed moves only by hand, so that a red run can be repeated; SEED=… tries others.
const seed = Number(process.env.SEED ?? 20_261_126)
const place = { line: 1, column: 1 }

/** One case a line; an empty line is a case as well. */
const written = readFileSync('test/fixtures/inventory/literals.txt', 'utf8').split('\n').slice(0, -1)

describe('a Python literal', function () {
  this.timeout(600_000)

  it('is read as Python reads it', function () {
    needs(this, 'ansible')
    // Python's own limits: brackets in brackets, digits of a number; and long texts, which must not overflow ours.
    const long = [
      `${'['.repeat(200)}${']'.repeat(200)}`,
      `${'('.repeat(200)}1${')'.repeat(200)}`,
      `${'[{1:('.repeat(66)}1${')}]'.repeat(66)}`,
      `${'['.repeat(201)}${']'.repeat(201)}`,
      `${'['.repeat(199)}set()${']'.repeat(199)}`,
      `${'['.repeat(200)}set()${']'.repeat(200)}`,
      '{1:'.repeat(10_000),
      '{'.repeat(150),
      '-'.repeat(1000) + '1',
      '1'.repeat(4300),
      '1'.repeat(4301),
      '1_'.repeat(4299) + '1',
      '1_'.repeat(4300) + '1',
      '0'.repeat(5000),
      `0x${'f'.repeat(3000)}`,
      `'${'a'.repeat(200_000)}'`,
      `'${String.raw`\n`.repeat(100_000)}'`,
      `[${'1,'.repeat(50_000)}]`,
    ]
    compare([...written, ...long])
  })

  it('is read as Python reads it, 4,000 made up', function () {
    needs(this, 'ansible')
    const literals = compare([
      ...fc.sample(madeLiteral, { numRuns: 2500, seed }),
      ...fc.sample(damagedLiteral, { numRuns: 1500, seed }),
    ])
    expect(literals, 'texts that Python takes for literals').to.be.greaterThan(1500)
  })

  it('keeps a text that names a character, as only Python knows the names', () => {
    expect(pythonLiteral(String.raw`'\N{EM DASH}'`, place)).to.equal(undefined)
  })

  it('has the place of the whole in all its parts', () => {
    const tree = pythonLiteral('[1, {2: 3}]', { line: 7, column: 9 })
    expect(
      JSON.stringify(tree, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)).match(
        /"line":7,"column":9/g,
      ),
    ).to.have.length(5)
  })
})

describe('the words of a host line', function () {
  this.timeout(600_000)

  it('are those of Python’s shlex', function () {
    needs(this, 'ansible')
    const unit = fc.constantFrom(
      'a',
      'b',
      '=',
      ' ',
      ' ',
      '\t',
      "'",
      '"',
      '\\',
      '#',
      ';',
      '\n',
      'é',
      '\u00a0',
      '\f',
      '😀',
      '$',
    )
    const texts = [...written, ...fc.sample(fc.string({ unit, maxLength: 14 }), { numRuns: 5000, seed })]
    const answers = askAnsible(
      'shlex',
      texts.map(text => ({ text })),
    )
    for (const [index, text] of texts.entries()) {
      const split = shlexWords(text)
      const found = split.state === 'words' ? split.words.map(word => word.text) : 'wrong'
      const answer = answers[index]
      expect(found, JSON.stringify(text)).to.deep.equal(answer && isRefusal(answer) ? 'wrong' : answer)
    }
  })

  for (const [text, expected] of [
    ['a  b=1', [1, 4]],
    [String.raw`"a b" '' \c x"y z"#n`, [1, 7, 10, 13]],
  ] as const) {
    it(`know their columns: ${text}`, () => {
      const split = shlexWords(text)
      expect(split.state === 'words' && split.words.map(({ column }) => column)).to.deep.equal(expected)
    })
  }

  for (const [text, column] of [
    ['a b="c d', 5],
    [`a 'b' '`, 7],
    ['a b\\', 4],
  ] as const) {
    it(`end at a mistake, and its column is known: ${text}`, () => {
      const split = shlexWords(text)
      expect(split.state === 'wrong' && split.column).to.equal(column)
    })
  }
})

/** How many of them Python takes for literals. */
const compare = (texts: readonly string[]): number => {
  const answers = askAnsible(
    'literal',
    texts.map(text => ({ text })),
  )
  let hidden = 0
  for (const [index, text] of texts.entries()) {
    const [found, wanted] = [ours(text), theirs(answers[index])]
    // A failure of Python's hides behind what is no literal but an expression, which we can't read: `{[]: 1, 2: a}`.
    if (found !== 'text' || wanted !== 'error') expect(found, JSON.stringify(text)).to.equal(wanted)
    else hidden++
  }
  expect(hidden, 'texts that Ansible ends at and we keep').to.be.lessThan(texts.length / 100)
  return answers.filter(answer => typeof answer === 'string').length
}

/** The literal as JSON, ASCII only; `text` where Python makes none of it, `error` where it fails. */
const ours = (text: string): string => {
  try {
    const tree = pythonLiteral(text, place)
    return tree ? asciiOf(pythonJson(withTextKeys(tree))) : 'text'
  } catch (error) {
    if (error instanceof PythonTypeError) return 'error'
    throw error
  }
}

const theirs = (answer: Answered<string | null> | undefined): string => {
  if (typeof answer === 'string') return answer
  if (!answer) return 'text'
  expect(isRefusal(answer) && answer.error).to.match(/^unhashable type/)
  return 'error'
}

const asciiOf = (json: string): string =>
  json.replace(/[\u007f-\uffff]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

const digits = fc.string({ unit: fc.constantFrom('0', '1', '9', '_', '7'), minLength: 1, maxLength: 5 })
const exponent = fc.constantFrom('', '', 'e3', 'E-2', 'e+1_0', 'e', 'e308', 'e-400')
const number = fc.oneof(
  fc.integer({ min: -1000, max: 1_000_000 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.constantFrom('', '+', '-', '- '), digits, exponent).map(parts => parts.join('')),
  fc
    .tuple(digits, fc.constantFrom('.', '.5', '.0_1'), exponent, fc.constantFrom('', '', '', 'j'))
    .map(parts => parts.join('')),
  fc.tuple(fc.constantFrom('0x', '0o', '0b', '0X', '0x_'), digits).map(parts => parts.join('')),
  fc.tuple(digits, fc.constantFrom('+', '-', ' - '), digits).map(([a, sign, b]) => `${a}${sign}${b}j`),
)
const body = fc.string({
  unit: fc.constantFrom(
    'a',
    'é',
    '😀',
    ' ',
    '#',
    '{',
    ',',
    '\\n',
    '\\x41',
    '\\u00e9',
    '\\101',
    '\\\\',
    "\\'",
    '\\"',
    '\\d',
    '\\x4',
    '"',
    "'",
  ),
  maxLength: 6,
})
const prefix = fc.constantFrom('', '', '', '', 'r', 'u', 'b', 'Rb', 'f', 'ur')
const quote = fc.constantFrom("'", '"', "'''", '"""')
const text = fc.tuple(prefix, quote, body).map(([before, mark, inner]) => `${before}${mark}${inner}${mark}`)
const plainText = fc.constantFrom("'a'", '"b"', "'c' 'd'", "'1'", "''", "b'a'")
const word = fc.constantFrom('True', 'False', 'None', '...', 'set()', 'a', 'true')
const atom = fc.oneof(
  { arbitrary: number, weight: 4 },
  { arbitrary: text, weight: 2 },
  { arbitrary: plainText, weight: 4 },
  { arbitrary: word, weight: 2 },
)
const small = fc.constantFrom(
  '1',
  '1.0',
  'True',
  '0',
  'False',
  "'a'",
  'b"a"',
  '(1, 2)',
  '(1.0, 2)',
  'None',
  '2',
  '[1]',
  '()',
  '1+0j',
)
const blank = fc.constantFrom('', '', ' ', '\t')

const depth = { maxDepth: 3, depthIdentifier: 'literal' }
const { madeLiteral } = fc.letrec<{ madeLiteral: string; inner: string }>(tie => ({
  inner: fc.oneof(depth, small, plainText, fc.integer().map(String), tie('madeLiteral')),
  madeLiteral: fc.oneof(
    depth,
    { arbitrary: atom, weight: 3 },
    enclosed('(', tie('inner'), ')'),
    enclosed('[', tie('inner'), ']'),
    enclosed('{', fc.oneof({ arbitrary: small, weight: 4 }, tie('inner')), '}'),
    enclosed(
      '{',
      fc.tuple(small, blank, tie('inner')).map(([key, gap, value]) => `${key}${gap}:${gap}${value}`),
      '}',
    ),
    enclosed('', tie('inner'), ''),
    fc.tuple(blank, tie('madeLiteral'), fc.constantFrom('', ' ', ' # a', '#1')).map(parts => parts.join('')),
  ),
}))

function enclosed(open: string, item: fc.Arbitrary<string>, close: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(item, { maxLength: 4 }), blank, fc.constantFrom('', '', ','))
    .map(([items, gap, comma]) => `${open}${gap}${items.join(`,${gap}`)}${comma}${close}`)
}

/** One character taken out, put in or replaced. */
const damagedLiteral = fc
  .tuple(
    madeLiteral,
    fc.nat(),
    fc.nat({ max: 1 }),
    fc.constantFrom('', ' ', ',', "'", '"', '(', ']', '}', ':', '-', '1', '.', '_', 'e', 'x', '\\', '#', 'é'),
  )
  .map(([whole, where, taken, put]) => {
    const at = where % (whole.length + 1)
    return whole.slice(0, at) + put + whole.slice(at + taken)
  })

// The oracle sorts by the text of the keys, whatever they are.
const withTextKeys = (tree: YamlTree): YamlTree => {
  if (tree.kind === 'sequence') return { ...tree, items: tree.items.map(withTextKeys) }
  if (tree.kind !== 'mapping') return tree
  const entries = tree.entries.map(({ key, value }) => ({
    key: { kind: 'scalar', place: key.place, value: nameText(key) } as const,
    value: withTextKeys(value),
  }))
  return { ...tree, entries }
}
