import { expect } from 'chai'
import * as fc from 'fast-check'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAddress } from '../../src/inventory/address.ts'
import { globMatches } from '../../src/model/glob.ts'
import { variablesOf, type Inventory } from '../../src/inventory/inventory.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { splitPatterns } from '../../src/inventory/pattern.ts'
import { expandRanges } from '../../src/inventory/range.ts'
import { selectNames } from '../../src/inventory/select.ts'
import type { YamlTree } from '../../src/model/yaml.ts'
import { needs } from '../tools.ts'
import { madeGroups, yamlOf } from './generated.ts'
import { askAnsible, isRefusal, type HostAnswer, type InventoryCase } from './oracle.ts'

// The seed moves only by hand, so that a red run can be repeated; SEED=… tries others.
const seed = Number(process.env.SEED ?? 20_261_123)

/** One case a line; an empty line is a case as well. */
const linesOf = (name: string): readonly string[] =>
  readFileSync(join('test/fixtures/inventory', name), 'utf8').split('\n').slice(0, -1)

describe('inventory beside Ansible', function () {
  this.timeout(120_000)
  let folder = ''
  before(function () {
    needs(this, 'ansible')
    folder = mkdtempSync(join(tmpdir(), 'sefleet-inventory-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const load = ({ files, sources }: InventoryCase): Inventory => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    return loadInventory(sources, { base: folder })
  }

  const limits = linesOf('limits.txt')
  const slices = [
    'web[0]',
    'web[-1]',
    'web[0:1]',
    'web[1:]',
    'all[1-2]',
    'all[0:0]',
    'all[2:0]',
    '*[1:4]',
    'all[9:99]',
    '!web[0]',
  ]

  it('agrees on groups, hosts, their order, variables and patterns of 250 made-up inventories', () => {
    const made = fc.sample(fc.tuple(madeGroups, madeGroups), { numRuns: 250, seed })
    const cases = made.map(([first, second], index) => ({
      files: { 'first.yaml': yamlOf(first), 'second.yml': yamlOf(second) },
      sources:
        [['first.yaml'], ['first.yaml', 'second.yml'], ['n1,other:2022,::1,', 'first.yaml']][index % 3] ?? [],
      limits,
      // Without a limit Ansible makes up a localhost that the inventory does not have; we do not.
      patterns: [...limits.filter(limit => limit.trim() !== '' && limit !== '::1'), ...slices],
    }))
    let ordered = 0
    for (const [index, answer] of askAnsible('inventory', cases).entries()) {
      const data = cases[index]
      if (!data) throw new Error('Ansible gave more answers than it had questions')
      const said = JSON.stringify(data.sources) + '\n' + Object.values(data.files).join('--- second\n')
      if (isRefusal(answer)) {
        expect(() => load(data), `${answer.error}\n${said}`).to.throw()
        continue
      }
      const inventory = load(data)
      const isOrdered = orderIsCertain(inventory)
      if (isOrdered) ordered++
      const order = (names: readonly string[]): readonly string[] => (isOrdered ? names : names.toSorted())

      const groups = [...inventory.groups.values()].map(({ name, members }) => [name, order(members)])
      expect(Object.fromEntries(groups), said).to.deep.equal(
        Object.fromEntries(Object.entries(answer.groups).map(([name, { hosts }]) => [name, order(hosts)])),
      )
      for (const host of inventory.hosts.values()) {
        const theirs = answer.hosts[host.name]
        expect(host.groups.toSorted(), `${host.name} in ${said}`).to.deep.equal(theirs?.groups.toSorted())
        const ours = [...variablesOf(inventory, host)].map(([name, { value }]) => [
          name,
          comparable(plain(value)),
        ])
        expect(Object.fromEntries(ours), `${host.name} in ${said}`).to.deep.equal(values(theirs))
      }
      for (const [at, limit] of limits.entries()) {
        expect(order(names(inventory, { limit })), `-l '${limit}' in ${said}`).to.deep.equal(
          order(list(answer.limits[at])),
        )
      }
      for (const [at, pattern] of data.patterns.entries()) {
        if (slices.includes(pattern) && !isOrdered) continue
        expect(order(names(inventory, { pattern })), `'${pattern}' in ${said}`).to.deep.equal(
          order(list(answer.patterns[at])),
        )
      }
    }
    expect(ordered, 'inventories whose order could be compared').to.be.greaterThan(50)
  })

  it('reads YAML 1.1 scalars as PyYAML does', () => {
    const scalars = [...linesOf('scalars.txt'), '|\n        block', '>-\n        folded\n        text']
    const lines = scalars.map((text, index) => `    v${index}: ${text}\n`).join('')
    const data = { files: { 'a.yaml': `all:\n  hosts: n1\n  vars:\n${lines}` }, sources: ['a.yaml'] }
    const [answer] = askAnsible('inventory', [data])
    if (!answer || isRefusal(answer)) throw new Error(`Ansible refused: ${answer?.error}`)
    const inventory = load(data)
    const host = inventory.hosts.get('n1')
    for (const [index, text] of scalars.entries()) {
      const ours = host && variablesOf(inventory, host).get(`v${index}`)
      const theirs = values(answer.hosts['n1'])[`v${index}`]
      expect(ours && comparable(plain(ours.value)), text).to.deep.equal(comparable(theirs))
    }
  })

  it('follows anchors, merge keys and duplicate keys as PyYAML does', () => {
    const text = `
all:
  vars: &base {ansible_user: ops, ansible_port: 22, anything: base}
  hosts:
    n1: &one {<<: *base, ansible_port: 2222}
    n2: {ansible_port: 3333, <<: *base}
    n3: {<<: [*one, *base], anything: own}
    n4: {<<: *base, <<: {ansible_user: second}}
    n5: *one
    n6: {ansible_user: a, ansible_user: b, anything: c}
    n1: {ansible_user: again}
  children:
    web: &web {hosts: {n2: , n7: }}
    web2: *web
`
    const data = { files: { 'a.yaml': text }, sources: ['a.yaml'] }
    const [answer] = askAnsible('inventory', [data])
    if (!answer || isRefusal(answer)) throw new Error(`Ansible refused: ${answer?.error}`)
    const inventory = load(data)
    expect(inventory.groups.get('all')?.members).to.deep.equal(answer.groups['all']?.hosts)
    for (const host of inventory.hosts.values()) {
      const ours = [...variablesOf(inventory, host)].map(([name, { value }]) => [name, plain(value)])
      expect(Object.fromEntries(ours), host.name).to.deep.equal(values(answer.hosts[host.name]))
    }
    expect(inventory.warnings.join('\n')).to.match(/a\.yaml:10:27: 'ansible_user' is given twice/)
    expect(inventory.warnings.join('\n')).to.match(/a\.yaml:11:5: 'n1' is given twice/)
  })

  it('agrees on addresses, ports and the splitting of patterns', () => {
    const texts = linesOf('addresses.txt')
    const ranged = askAnsible(
      'address',
      texts.map(text => ({ text, ranges: true })),
    )
    const bare = askAnsible(
      'address',
      texts.map(text => ({ text, ranges: false })),
    )
    const split = askAnsible(
      'split',
      texts.map(text => ({ text })),
    )
    for (const [index, text] of texts.entries()) {
      const wanted = [ranged[index], bare[index]].map(answer =>
        answer && !isRefusal(answer) ? answer : undefined,
      )
      expect([addressOf(text, true), addressOf(text, false)], text).to.deep.equal(wanted)
      expect(splitPatterns(text), text).to.deep.equal(split[index])
    }
  })

  it('expands ranges alike, or refuses what Ansible would misread', () => {
    const part = fc.constantFrom(
      '0',
      '1',
      '3',
      '9',
      '01',
      '03',
      '10',
      '007',
      '010',
      'a',
      'c',
      'Z',
      'z',
      'A',
      '',
    )
    const range = fc
      .tuple(part, part, fc.constantFrom('', ':1', ':2', ':3'))
      .map(([a, b, step]) => `[${a}:${b}${step}]`)
    const texts = fc
      .sample(fc.tuple(range, fc.option(range, { nil: '' })), { numRuns: 400, seed })
      .map(([first, second]) => `n${first}-${second}`)
    for (const [index, theirs] of askAnsible(
      'range',
      texts.map(text => ({ text })),
    ).entries()) {
      const text = texts[index] ?? ''
      const ours = expandRanges(text)
      if (ours.state === 'names') expect(ours.names, text).to.deep.equal(theirs)
      // Stricter on purpose: an empty range names no host, which nobody means.
      else
        expect(
          isRefusal(theirs) || theirs.length === 0 || /ends before/.test(ours.why),
          `${text}: ${ours.why}`,
        ).to.equal(true)
    }
  })

  it('matches globs as fnmatch does', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', '-', '.', '*', '?', '[', ']', '!', '^', '\\', 'é'),
      maxLength: 7,
    })
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', '-', '.', '[', ']', '!', '^', '\\', 'é', '*'),
      maxLength: 5,
    })
    const cases = fc.sample(fc.record({ pattern: letters, text }), { numRuns: 5000, seed })
    const answers = askAnsible('glob', cases)
    for (const [index, { pattern, text: word }] of cases.entries()) {
      expect(globMatches(pattern, word), `${pattern} on ${word}`).to.equal(answers[index])
    }
  })
})

const addressOf = (text: string, ranges: boolean) => {
  const found = parseAddress(text, { ranges })
  return found && [found.host, found.port ?? null]
}

const names = (inventory: Inventory, selection: { pattern?: string; limit?: string }): readonly string[] => {
  try {
    return selectNames(inventory, selection)
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(limit|inventory)-empty$/.test(String(error.code)))
      return []
    throw error
  }
}

// A slice beyond the end is an error in some versions of Ansible and nothing in others.
const list = (answer: readonly string[] | { error: string } | undefined): readonly string[] => {
  if (answer === undefined) throw new Error('Ansible gave no answer')
  if (!isRefusal(answer)) return answer
  if (/No hosts matched the subscripted pattern/.test(answer.error)) return []
  throw new Error(answer.error)
}

// Python's JSON knows numbers that JavaScript's does not.
const notNumbers: Readonly<Record<string, string>> = { Infinity: 'inf', '-Infinity': '-inf', NaN: 'nan' }
const values = (host: HostAnswer | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(host?.variables ?? {}).map(([name, text]) => [
      name,
      notNumbers[text] ?? safe(JSON.parse(text)),
    ]),
  )
// ansible-inventory marks `!unsafe` texts; here only the text counts.
const marked = '__ansible_unsafe'
const safe = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && marked in value ? value[marked] : value

const plain = (tree: YamlTree): unknown => {
  if (tree.kind === 'scalar') return tree.value ?? null
  if (tree.kind === 'sequence') return tree.items.map(plain)
  return undefined
}

const comparable = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  if (typeof value === 'number' && !Number.isFinite(value)) return notNumbers[String(value)]
  if (value === 0) return 0 // or -0, which Python's integers do not have
  return typeof value === 'string' && /^2001-01-01[ T]10/.test(value) ? value.slice(0, 10) : value
}

// Ansible walks a Python set of groups, so the order is chance where one generation holds two groups with children.
const orderIsCertain = (inventory: Inventory): boolean =>
  [...inventory.groups.values()].every(group => {
    const seen = new Set([group.name, ...group.children])
    for (let wave: readonly string[] = group.children; wave.length > 0;) {
      const parents = wave.filter(name => (inventory.groups.get(name)?.children.length ?? 0) > 0)
      if (parents.length > 1) return false
      const next = (inventory.groups.get(parents[0] ?? '')?.children ?? []).filter(name => !seen.has(name))
      for (const name of next) seen.add(name)
      wave = next
    }
    return true
  })
