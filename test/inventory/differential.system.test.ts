import { expect } from 'chai'
import * as fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAddress } from '../../src/inventory/sources/address.ts'
import { SefleetError } from '../../src/errors.ts'
import { globMatches } from '../../src/model/glob.ts'
import { splitPatterns } from '../../src/inventory/pattern.ts'
import { expandRanges } from '../../src/inventory/sources/range.ts'
import { needs } from '../tools.ts'
import { expectAgreement, withCase } from './agreement.ts'
import { madeTrees } from './generated-trees.ts'
import { madeGroups, yamlOf } from './generated.ts'
import { askAnsible, isRefusal } from './oracle.ts'

// The seed moves only by hand, so that a red run can be repeated; SEED=… tries others.
const seed = Number(process.env.SEED ?? 20_261_123)

/** One case a line; an empty line is a case as well. */
const linesOf = (name: string): readonly string[] =>
  readFileSync(join('test/fixtures/inventory', name), 'utf8').split('\n').slice(0, -1)

describe('inventory beside Ansible', function () {
  this.timeout(600_000)
  before(function () {
    needs(this, 'ansible')
  })

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
      if (isRefusal(answer)) {
        expect(() => withCase(data, () => 0), answer.error).to.throw()
        continue
      }
      withCase(data, (inventory, base) => expectAgreement(inventory, base, data, answer))
      if (Object.values(answer.groups).every(({ isOrdered }) => isOrdered)) ordered++
    }
    expect(ordered, 'inventories whose order could be compared').to.be.greaterThan(50)
  })

  it('agrees on 250 made-up trees: all formats, folders, scripts, several sources, group_vars and host_vars', () => {
    const asked = ['all', 'web:!db', '*', 'all[1:3]', 'ungrouped', '~n', 'web,db', 'a_b:&web2']
    const cases = fc.sample(madeTrees, { numRuns: 250, seed }).map(tree => ({ ...tree, patterns: asked }))
    let read = 0
    for (const [index, answer] of askAnsible('inventory', cases).entries()) {
      const data = cases[index]
      if (!data) throw new Error('Ansible gave more answers than it had questions')
      if (isRefusal(answer)) {
        expect(() => withCase(data, () => 0), answer.error).to.throw(SefleetError)
        continue
      }
      withCase(data, (inventory, base) => expectAgreement(inventory, base, data, answer))
      read++
    }
    expect(read, 'trees that Ansible reads').to.be.greaterThan(200)
  })

  it('reads YAML 1.1 scalars as PyYAML does', () => {
    const scalars = [...linesOf('scalars.txt'), '|\n        block', '>-\n        folded\n        text']
    const lines = scalars.map((text, index) => `    v${index}: ${text}\n`).join('')
    const data = { files: { 'a.yaml': `all:\n  hosts: n1\n  vars:\n${lines}` }, sources: ['a.yaml'] }
    const [answer] = askAnsible('inventory', [data])
    if (!answer || isRefusal(answer)) throw new Error(`Ansible refused: ${answer?.error}`)
    withCase(data, (inventory, base) => expectAgreement(inventory, base, data, answer))
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
    const warnings: string[] = []
    withCase(
      data,
      (inventory, base) => expectAgreement(inventory, base, data, answer),
      sentence => warnings.push(sentence),
    )
    expect(warnings.join('\n')).to.match(/a\.yaml:10:27: 'ansible_user' is given twice/)
    expect(warnings.join('\n')).to.match(/a\.yaml:11:5: 'n1' is given twice/)
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
