import { expect } from 'chai'
import * as fc from 'fast-check'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parsePlainYaml } from '../../src/model/plain-yaml.ts'
import { scalarText } from '../../src/model/yaml-scalar.ts'
import { YamlError, type YamlTree } from '../../src/model/yaml-tree.ts'
import { parseAnsibleYaml } from '../../src/model/ansible-yaml.ts'

// The seed moves only by hand, so that a red run can be repeated; SEED=… tries others.
const seed = Number(process.env.SEED ?? 20_261_126)

/** By the library: a tab is nothing for the plain reader, and in a comment nothing to YAML. */
const byLibrary = (text: string): YamlTree | string => {
  try {
    return parseAnsibleYaml(`${text}\n# \t\n`, key => {
      throw new YamlError(`'${key}' is given twice`, { line: 1, column: 1 })
    })
  } catch (error) {
    if (error instanceof YamlError) return error.message
    throw error
  }
}

/** All that anybody can see of a tree. */
const seen = (tree: YamlTree | string): unknown => {
  if (typeof tree === 'string') return tree
  const at = `${tree.kind} ${tree.place.line}:${tree.place.column}`
  switch (tree.kind) {
    case 'mapping':
      return [at, tree.entries.map(({ key, value }) => [seen(key), seen(value)])]
    case 'sequence':
      return [at, tree.items.map(seen)]
    case 'scalar':
      return [at, typeof tree.value, scalarText(tree.value)]
    case 'vault':
      return [at, tree.text]
    default:
      return tree satisfies never
  }
}

const lines = `
all:|hosts:|vars:|children:|web:|db-1:|n[01:03]:|10.0.0.1:|db-1:2222:|1:|on:|k: v|k: 1|j: 22:22|k: yes|l: ~|k: "x y"
l: 'x'|j: "a # b"|k: a # b|k: a#b|k: v:|k: a: b|k: - x|k: -1|- a|k: {a: 1}|h: {a: 1, b: "x"}|h: {a: 1, a: 2}|h: {}|h: {a: b c}
h: { ansible_host: 10.0.0.1 }|h: {a: 1} # c|h: {a: 1}x|h: {a: "b, c"}|h: {a: b:c}|h: {on: no, c: ~}|h: {a: 2001-01-01}|k: 2001-13-01
# c|k: [a, b]|k: &a b|k: *a|k: !x y|k: |-|k: >|? k|<<: x|=: x|k: =|k: http://x/y|k: a\\b|k: it's|k: 100%|k: @x|k: ,x|k: a, b|k: ]|k :v
k:v|k : v|"q": v|'q': 1|---|...|%YAML 1.2|--- x|k: ---|k: a   |k:   b|k:  # only|.x: 1|_y: 1|-z: 1|k: ${'x'.repeat(3)}|a b: c|k: "a" b|k: 'a''b'
`
  .trim()
  .split(/[|\n]/)

const indent = fc.constantFrom('', '', '  ', '  ', '    ', '    ', '      ', ' ', '   ')
const line = fc.tuple(indent, fc.constantFrom(...lines)).map(([space, text]) => space + text)
const madeOfLines = fc.array(line, { minLength: 1, maxLength: 5 }).map(all => all.join('\n'))

// What operators write, with one character changed.
const regular = fc
  .array(
    fc.tuple(
      fc.constantFrom('web', 'db', 'n1', 'rack_7'),
      fc.constantFrom('10.0.0.1', 'ops', '22', 'yes', '"x"'),
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map(hosts => {
    const text = hosts.map(([name, value], index) => {
      const host = `      ${name}${index}:`
      return index % 2 === 0
        ? `${host} { ansible_host: ${value}, port: 22 }`
        : `${host}\n        ansible_user: ${value}`
    })
    return `all:\n  vars:\n    a: b\n  children:\n    web:\n      hosts:\n${text.map(one => `  ${one.replaceAll('\n', '\n  ')}`).join('\n')}\n`
  })
const mutated = fc
  .tuple(regular, fc.nat(), fc.constantFrom(...Array.from(' \n:#{},[]"\'&*!|>%@`-?=~ab0')), fc.nat(2))
  .map(([text, position, letter, how]) => {
    const at = position % text.length
    return text.slice(0, at) + (how === 0 ? '' : letter) + text.slice(how === 1 ? at : at + 1)
  })

describe('the reader of plain YAML', function () {
  this.timeout(600_000)

  it('reads as the library does or leaves the text to it', () => {
    const texts = fc.sample(madeOfLines, { numRuns: 40_000, seed })
    expect(expectNoOtherReading(texts), 'texts it took').to.be.greaterThan(800)
    const changed = fc.sample(mutated, { numRuns: 8000, seed })
    expect(expectNoOtherReading(changed), 'texts it took').to.be.greaterThan(2000)
  })

  it('takes what operators write', () => {
    const texts = fc.sample(regular, { numRuns: 300, seed })
    expect(expectNoOtherReading(texts)).to.equal(texts.length)
  })

  it('reads every inventory of these tests as the library does', () => {
    const folder = 'test/fixtures/inventory'
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
      /\.ya?ml$/.test(name),
    )
    expectNoOtherReading(files.map(name => readFileSync(join(folder, name), 'utf8')))
  })
})

/** How many of them it took. */
const expectNoOtherReading = (texts: readonly string[]): number => {
  let taken = 0
  for (const text of texts) {
    const tree = parsePlainYaml(text)
    if (!tree) continue
    taken++
    expect(seen(tree), text).to.deep.equal(seen(byLibrary(text)))
  }
  return taken
}
