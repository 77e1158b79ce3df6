import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { parseJsonText } from '../../src/model/json-text.ts'
import { YamlError, type YamlTree } from '../../src/model/yaml-tree.ts'
import { needs } from '../tools.ts'

/** The plain value, as JSON.parse would have it. */
const plain = (tree: YamlTree): unknown => {
  switch (tree.kind) {
    case 'mapping':
      return Object.fromEntries(
        tree.entries.map(({ key, value }) => [key.kind === 'scalar' ? key.value : key.kind, plain(value)]),
      )
    case 'sequence':
      return tree.items.map(plain)
    case 'scalar':
      if (tree.value === undefined) return null
      return typeof tree.value === 'bigint' ? Number(tree.value) : tree.value
    case 'vault':
      return `vault ${tree.text}`
    default:
      return tree satisfies never
  }
}

const treesOf = (tree: YamlTree): readonly YamlTree[] => [
  tree,
  ...(tree.kind === 'mapping' ? tree.entries.flatMap(({ key, value }) => [key, ...treesOf(value)]) : []),
  ...(tree.kind === 'sequence' ? tree.items.flatMap(treesOf) : []),
]

/** What is written from the place on. */
const textAt = (text: string, { place }: YamlTree): string =>
  text
    .split('\n')
    .slice(place.line - 1)
    .join('\n')
    .slice(place.column - 1)

const beginsAs = (tree: YamlTree, text: string): boolean => {
  if (tree.kind === 'mapping') return text.startsWith('{')
  if (tree.kind === 'sequence') return text.startsWith('[')
  if (tree.kind === 'vault') return false
  if (typeof tree.value === 'string') {
    return JSON.parse(/^"(?:[^"\\]|\\.)*"/.exec(text)?.[0] ?? '0') === tree.value
  }
  if (typeof tree.value === 'number' || typeof tree.value === 'bigint') {
    return Number(/^[-+.\deE]+/.exec(text)?.[0]) === Number(tree.value)
  }
  return text.startsWith(tree.value === undefined ? 'null' : tree.value === true ? 'true' : 'false')
}

/** `LINE:COLUMN SENTENCE`. */
const mistakeIn = (text: string): string => {
  try {
    parseJsonText(text)
  } catch (error) {
    if (error instanceof YamlError) return `${error.place.line}:${error.place.column} ${error.message}`
    throw error
  }
  return 'no mistake'
}

// Minus zero is 0 once it is an int.
const json = fc.jsonValue({ noUnicodeString: false }).map(value => JSON.parse(JSON.stringify(value)))

describe('a JSON text', () => {
  it('has the value that JSON.parse sees', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 1, 4, '\t'), (value, indent) => {
        expect(plain(parseJsonText(JSON.stringify(value, undefined, indent)))).to.deep.equal(value)
      }),
    )
  })

  it('has the place of each value', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 1, 4, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent)
        const wrong = treesOf(parseJsonText(text)).filter(tree => !beginsAs(tree, textAt(text, tree)))
        expect(wrong).to.deep.equal([])
      }),
    )
  })

  it('counts lines that end in CR LF once', () => {
    const tree = parseJsonText('{\r\n  "port": 22\r\n}')
    expect(treesOf(tree).map(({ place }) => place)).to.deep.equal([
      { line: 1, column: 1 },
      { line: 2, column: 3 },
      { line: 2, column: 11 },
    ])
  })

  it('keeps the first position and the last value of a key that is given twice', () => {
    const tree = parseJsonText('{"db-1": 1, "db-2": 2, "db-1": 3}')
    expect(JSON.stringify(plain(tree))).to.equal('{"db-1":3,"db-2":2}')
    expect(treesOf(tree)[1]?.place).to.deep.equal({ line: 1, column: 24 })
  })

  it('may have keys that mean something to JavaScript', () => {
    const tree = parseJsonText('{"__proto__": 1, "constructor": 2}')
    expect(treesOf(tree).flatMap(one => (one.kind === 'scalar' ? [one.value] : []))).to.deep.equal([
      '__proto__',
      1n,
      'constructor',
      2n,
    ])
  })

  it('has an encrypted value where Ansible wrote one', () => {
    expect(parseJsonText('{"__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\\n3161\\n"}')).to.deep.equal({
      kind: 'vault',
      place: { line: 1, column: 1 },
      text: '$ANSIBLE_VAULT;1.1;AES256\n3161\n',
    })
    expect(mistakeIn('{"__ansible_vault": 5}')).to.equal('1:21 the value of __ansible_vault must be text')
  })

  it('has unsafe text where Ansible wrote it, also below', () => {
    const tree = parseJsonText('{"__ansible_unsafe": ["{{ a }}", {"b": "c"}, 1]}')
    const marks = treesOf(tree).flatMap(one => (one.kind === 'scalar' ? [[one.value, one.unsafe]] : []))
    expect(marks).to.deep.equal([
      ['{{ a }}', true],
      ['b', undefined],
      ['c', true],
      [1n, undefined],
    ])
  })

  for (const [text, mistake] of [
    ['', '1:1 expected a value'],
    ['{"a": 1,\n}', '2:1 expected a name in double quotes'],
    ['[1,\n 2,\n]', '3:1 expected a value'],
    ['[1 2]', "1:4 expected ','"],
    ['{"a" 1}', "1:6 expected ':'"],
    ["{'a': 1}", "1:2 ''a'' is no JSON value"],
    ['{"a": yes}', "1:7 'yes' is no JSON value"],
    ['// fleet\n{}', '1:1 JSON has no comments'],
    ['{"a": 1', "1:8 expected '}'"],
    ['{} {}', '1:4 expected nothing more after the value'],
    ['["\\x"]', '1:2 this text has a backslash before a character that takes none'],
    ['["a\tb"]', '1:2 this text has a control character'],
    ['["a', '1:2 this text has no closing quotation mark on its line'],
    ['[1, NaN, nan]', "1:10 'nan' is no JSON value"],
    ['[1e]', '1:2 this number is not finished'],
    [`[${'1'.repeat(4301)}]`, '1:2 a whole number of more than 4300 digits'],
    ['['.repeat(100_000), '1:1001 nested more than 1000 deep'],
    ['['.repeat(100_000) + ']'.repeat(100_000), '1:1001 nested more than 1000 deep'],
    ['{"a":'.repeat(100_000), '1:5001 nested more than 1000 deep'],
  ] as const) {
    it(`that is none is refused with the place: ${JSON.stringify(text.slice(0, 20))}`, () => {
      expect(mistakeIn(text)).to.equal(mistake)
    })
  }

  it('is what Python takes for one, and its numbers are what Python makes of them', function () {
    needs(this, 'python3')
    const cases = [...numbers, ...texts]
    const script = `
import json, sys
def told(text):
    try:
        value = json.loads(text)
    except ValueError:
        return 'refused'
    if type(value) in (int, float):
        return type(value).__name__ + ' ' + (repr(value) if type(value) is int else value.hex())
    return 'json ' + json.dumps(value)
print(json.dumps([told(text) for text in json.load(sys.stdin)]))`
    const output = execFileSync('python3', ['-c', script], { input: JSON.stringify(cases) })
    const python = JSON.parse(output.toString()) as readonly string[] // written by the script above
    expect(cases.map((text, index) => [text, told(text, python[index])])).to.deep.equal(
      cases.map((text, index) => [text, python[index]]),
    )
  })
})

// As Python tells it. Of a float the bits: Python's own spelling of them is read back.
const told = (text: string, python = ''): string => {
  if (mistakeIn(text) !== 'no mistake') return 'refused'
  const tree = parseJsonText(text)
  if (tree.kind === 'scalar' && typeof tree.value === 'bigint') return `int ${tree.value}`
  if (tree.kind === 'scalar' && typeof tree.value === 'number') {
    const same = python.startsWith('float ') && Object.is(tree.value, fromHex(python.slice(6)))
    return same ? python : `float ${tree.value}`
  }
  const isSame = python.startsWith('json ') && sameJson(plain(tree), python.slice(5))
  return isSame ? python : `json ${JSON.stringify(plain(tree))}`
}

const sameJson = (value: unknown, text: string): boolean => {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value)
  } catch {
    return JSON.stringify(plain(parseJsonText(text))) === JSON.stringify(value) // holds NaN or Infinity
  }
}

// `-0x1.8000000000000p+1`, `inf`, `nan`
const fromHex = (text: string): number => {
  const [, sign, whole = '', fraction = '', power = ''] =
    /^(-?)0x([01])\.([0-9a-f]+)p([-+]\d+)$/.exec(text) ?? []
  if (sign === undefined) {
    return text === 'nan' ? Number.NaN : text === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  }
  const mantissa = Number.parseInt(whole + fraction, 16)
  const scale = Number(power) - 4 * fraction.length
  // In two steps: the power alone may be below the smallest number.
  const magnitude = mantissa * 2 ** Math.max(scale, -1022) * 2 ** Math.min(0, scale + 1022)
  return sign === '-' ? -magnitude : magnitude
}

const numbers = `
  0 -0 1 -1 12345678901234567890 -98765432109876543210987654321 0.0 -0.0 1.0 -1.5 1e3 1E3 1e+3 1e-3 1.25e2 1e22 1e23
  0.1 3.141592653589793 5e-324 2.2250738585072014e-308 2.2250738585072011e-308 1.7976931348623157e308 1.7976931348623159e308
  1e400 -1e400 1e-400 9007199254740993 9007199254740993.0 0e0 0e5 -0e0 NaN Infinity -Infinity
  00 01 -01 -  + +1 .5 5. 1.e1 1.5.5 1e 1e+ 1e1.5 0x10 0b1 0o7 1_000 1,000 -NaN +Infinity --Infinity nan inf infinity
  1NaN NaN1 NaNNaN Infinity1 1Infinity InfinityInfinity 1eInfinity 1-Infinity NaN.0 -Infinity.5 Infinity- --1 1- ١ １
`
  .trim()
  .split(/\s+/)

const texts = [
  '',
  ' ',
  '[NaN, -Infinity, {"NaN": "Infinity, NaN"}]',
  '["\\"NaN", NaN]',
  '["\\\\", NaN, "-Infinity"]',
  '{NaN: 1}',
  '- Infinity',
  '[NaN,]',
  '[]',
  '{}',
  ' \t\r\n[ ] ',
  '\u000b[]',
  '\u000c[]',
  '\u00a0[]',
  '\u2028[]',
  '\ufeff[]',
  '[] \u0000',
  'null',
  'nullx',
  'Null',
  'None',
  'true',
  'True',
  'truefalse',
  '"a"',
  "'a'",
  '"a',
  '"\u2028\u2029\u007f"',
  '"\u0000"',
  '"\u001f"',
  '"a\nb"',
  '"\\u0041\\ud83d\\ude00\\ud800"',
  '"\\u00g0"',
  '"\\u 041"',
  '"\\u+041"',
  '"\\u0x41"',
  '"\\u004"',
  '"\\U0041"',
  '"\\a"',
  '"\\0"',
  '"\\\'"',
  '"\\/\\b\\f\\n\\r\\t"',
  '[1,]',
  '[,1]',
  '[,]',
  '[1,,2]',
  '[1 2]',
  '[1',
  '1]',
  ']',
  '{"a":1,}',
  '{,}',
  '{"a"}',
  '{"a":}',
  '{"a":1 "b":2}',
  '{a:1}',
  '{1:1}',
  '{"a":1,"a":2}',
  '{"a":[1,{"b":null}],"c":false}',
  '[1]//',
  '/**/[1]',
  '#\n[1]',
  '[1]\n---\n',
  '{"a":1}{"a":1}',
  '[1]x',
]
