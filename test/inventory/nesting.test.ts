import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadKnowledge, loadProfiles } from '../../src/checks/load.ts'
import { loadWaivers } from '../../src/checks/waivers.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { selectNodes } from '../../src/inventory/select.ts'
import { errorOf } from './error-of.ts'
import { run } from '../../src/cli/run.ts'
import { fakeWorld } from '../cli/world.ts'

const nested = (open: string, close: string, depth: number, inner = ''): string =>
  open.repeat(depth) + inner + close.repeat(depth)

/** By file name: a text nested as deep as this, and where it is refused where that is too deep. */
const texts: Readonly<Record<string, { text: (depth: number) => string; refused: RegExp; most: number }>> = {
  'flow.yaml': {
    text: depth => `all:\n  vars:\n    a: ${nested('[', ']', depth)}\n  hosts:\n    web-1:\n`,
    refused: /:3:\d+: this is not YAML: nested more than 256 deep$/,
    most: 250,
  },
  'children.yaml': {
    text: depth =>
      `all:\n  children: ${Array.from({ length: depth }, (_, at) => `{g${at}: {children: `).join('')}{web: {hosts: {web-1: }}}${'}}'.repeat(depth)}\n`,
    refused: /:2:\d+: this is not YAML: nested more than 256 deep$/,
    most: 120,
  },
  'blocks.yaml': {
    text: depth =>
      `all:\n${Array.from({ length: depth }, (_, at) => `${' '.repeat(2 * at + 1)}children:\n${' '.repeat(2 * at + 2)}g${at}:\n`).join('')}${' '.repeat(2 * depth + 1)}hosts:\n${' '.repeat(2 * depth + 2)}web-1:\n`,
    refused: /:\d+:\d+: this is not YAML: nested more than 256 deep$/,
    most: 120,
  },
  'vars.json': {
    text: depth => `{"all": {"hosts": {"web-1": {}}, "vars": {"a": ${nested('{"b": ', '}', depth, '1')}}}}`,
    refused: /:1:\d+: this is not YAML: nested more than 256 deep$/,
    most: 250,
  },
  'chain.ini': {
    text: depth =>
      `[g0]\nweb-1\n${Array.from({ length: depth }, (_, at) => `[g${at + 1}:children]\ng${at}\n`).join('')}`,
    refused: /:\d+:1: group 'g\d+' in 'g\d+' makes more than 500 groups within one another$/,
    most: 499,
  },
  'brackets.yaml': {
    text: depth =>
      `all:\n  hosts:\n    web-1:\n      ansible_host: "{{ ${nested('(', ')', depth, '"db"')} }}"\n`.replace(
        '"db"',
        "'db'",
      ),
    refused:
      /:4:21: ansible_host holds more than 100 brackets within one another, which sefleet can't fill in/,
    most: 99,
  },
  'filters.yaml': {
    text: depth =>
      `all:\n  hosts:\n    web-1:\n      ansible_host: "{{ ${nested('a | default(', ')', depth, "'db'")} }}"\n`,
    refused:
      /:4:21: ansible_host holds more than 100 brackets within one another, which sefleet can't fill in/,
    most: 99,
  },
}

describe('nesting', function () {
  this.timeout(600_000)
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sefleet-nesting-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  for (const [name, { text, refused, most }] of Object.entries(texts)) {
    it(`beyond all use is refused with its place: ${name}`, () => {
      for (const depth of [1500, 3000])
        expect(errorOf(() => selectNodes(loadInventory([file(name, text(depth))])))).to.match(refused)
    })

    it(`that is deep is read, listed and drawn: ${name}`, async () => {
      const path = file(name, text(most))
      expect(selectNodes(loadInventory([path])).map(node => node.name)).to.deep.equal(['web-1'])
      for (const words of [['--list'], ['--graph', '--vars'], ['--host', 'web-1']])
        expect(await run(['inventory', '-i', path, ...words], fakeWorld().world)).to.equal(0)
    })
  }

  it('is refused in a profile and in waivers too', () => {
    const deep = nested('{not: ', '}', 3000, '{kernel: {}}')
    const profile = file('deep.yaml', `profile: deep\nchecks:\n  - id: a\n    not: ${deep}\n`)
    expect(errorOf(() => loadProfiles([profile], loadKnowledge()))).to.match(
      /^profile-invalid .*deep\.yaml:4:\d+: nested more than 256 deep$/,
    )
    const waivers = file('waivers.yaml', `waivers: ${nested('[', ']', 3000)}\n`)
    expect(errorOf(() => loadWaivers(waivers, []))).to.match(
      /^waivers-invalid .*waivers\.yaml:1:\d+: nested more than 256 deep$/,
    )
  })
})
