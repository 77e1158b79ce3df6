import { expect } from 'chai'
import * as fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { createBuilder } from '../../src/inventory/sources/builder.ts'
import type { Built } from '../../src/inventory/sources/reconcile.ts'
import { readIniFile } from '../../src/inventory/ini/ini-file.ts'
import { SefleetError } from '../../src/errors.ts'
import { needs } from '../tools.ts'
import { expectAgreement, withCase } from './agreement.ts'
import { madeIni } from './generated-ini.ts'
import { askAnsible, isRefusal } from './oracle.ts'

// The seed moves only by hand, so that a red run can be repeated; SEED=… tries others.
const seed = Number(process.env.SEED ?? 20_261_126)

/** Inventories between lines of `%%`, with `\x0b` and the like written out. */
const written = readFileSync('test/fixtures/inventory/inventories.txt', 'utf8')
  .split(/^%%.*\n/m)
  .slice(1)
  .map(text =>
    text.replace(/<U\+([0-9A-F]+)>/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16))),
  )

describe('an INI inventory', function () {
  this.timeout(600_000)

  it('is read as Ansible reads it', function () {
    needs(this, 'ansible')
    expect(written.length).to.be.greaterThan(40)
    compare(written)
  })

  it('is read as Ansible reads it, 300 made up', function () {
    needs(this, 'ansible')
    expect(compare(fc.sample(madeIni, { numRuns: 300, seed })), 'that Ansible reads').to.be.greaterThan(100)
  })

  it('knows the place of every value', () => {
    const inventory = inventoryOf('\n  db-1:22 a=1  b="x y"\n[web:vars]\n  c  =  3 \n[web]\n')
    if (inventory instanceof SefleetError) throw inventory
    const places = [inventory.hosts.get('db-1'), inventory.groups.get('web')].flatMap(owner =>
      [...(owner?.variables ?? [])].map(([name, { value, file }]) => [
        name,
        file,
        value.place.line,
        value.place.column,
      ]),
    )
    expect(places).to.deep.equal([
      ['ansible_port', 'hosts', 2, 3],
      ['a', 'hosts', 2, 11],
      ['b', 'hosts', 2, 16],
      ['c', 'hosts', 4, 9],
    ])
  })

  it('adds to what other sources said', () => {
    const builder = createBuilder()
    readIniFile(builder, 'first', '[web]\nweb-1\n')
    readIniFile(builder, 'second', '[web:vars]\na=1\n[outer:children]\nweb\n')
    expect(builder.finish().groups.get('outer')?.members).to.deep.equal(['web-1'])
  })

  it('that stands for more hosts than any fleet has is refused', () => {
    const lines = Array.from({ length: 12 }, (_, index) => `n${index}-[1:99999]\n`)
    expect(messageOf(lines.join(''))).to.match(/hosts:11:1: this inventory defines more than 1000000 hosts/)
  })
})

/** How many of them Ansible reads. */
const compare = (texts: readonly string[]): number => {
  const answers = askAnsible(
    'inventory',
    texts.map(text => ({ files: { 'hosts.ini': text }, sources: ['hosts.ini'] })),
  )
  let read = 0
  for (const [index, text] of texts.entries()) {
    const answer = answers[index]
    if (!answer) throw new Error('Ansible gave fewer answers than it had questions')
    const data = { files: { 'hosts.ini': text }, sources: ['hosts.ini'] }
    if (isRefusal(answer)) {
      expect(inventoryOf(text), `${text}\n${answer.error}`).to.be.instanceOf(SefleetError)
      continue
    }
    withCase(data, (inventory, base) => expectAgreement(inventory, base, data, answer))
    read++
  }
  return read
}

const inventoryOf = (text: string): Built | SefleetError => {
  const builder = createBuilder()
  try {
    readIniFile(builder, 'hosts', text)
    return builder.finish()
  } catch (error) {
    if (error instanceof SefleetError) return error
    throw error
  }
}

const messageOf = (text: string): string => {
  const found = inventoryOf(text)
  return found instanceof SefleetError ? found.message : 'no error'
}
