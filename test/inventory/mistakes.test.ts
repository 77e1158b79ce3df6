import { expect } from 'chai'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadInventory } from '../../src/inventory/load.ts'
import { selectNodes } from '../../src/inventory/select.ts'
import { errorOf } from './error-of.ts'

const folder = 'test/fixtures/inventory/mistakes'

describe('a mistake in an inventory', () => {
  // The last line of each file says what comes of it.
  for (const name of readdirSync(folder).toSorted()) {
    it(`is told with its place: ${name}`, () => {
      const file = join(folder, name)
      const expected = readFileSync(file, 'utf8').trimEnd().split('\n').at(-1)?.slice(2)
      const told = errorOf(() => selectNodes(loadInventory([file])))
      expect(told.replaceAll(file, 'FILE')).to.equal(expected)
    })
  }
})

describe('an inventory source', () => {
  let base = ''
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'sefleet-source-'))
    writeFileSync(join(base, 'fleet.yaml'), 'web: {hosts: {web-1: }}\n')
  })
  afterEach(() => rmSync(base, { recursive: true, force: true }))
  const load = (...sources: string[]): string => errorOf(() => loadInventory(sources, { base }))

  it('that does not exist is refused, with the nearest name beside it', () => {
    expect(load('flet.yaml')).to.equal(
      "inventory-unreadable inventory 'flet.yaml' does not exist (did you mean 'fleet.yaml'?)",
    )
  })

  it('that looks like a lone host is refused with the way to write a list', () => {
    expect(load('web-1')).to.equal(
      "inventory-unreadable inventory 'web-1' does not exist; for a list of hosts write 'web-1,'",
    )
  })

  it('that is a list of hosts may be longer than any file name', () => {
    const names = Array.from({ length: 500 }, (_, index) => `node-${index}.example.net`)
    expect([...loadInventory([names.join(',')], { base }).hosts.keys()]).to.deep.equal(names)
  })

  it('with links in a circle is refused by name, as are variables that have them', () => {
    symlinkSync('ring', join(base, 'ring'))
    expect(load('ring')).to.match(/^inventory-unreadable 'ring' can't be read: ELOOP/)
    mkdirSync(join(base, 'host_vars'))
    symlinkSync('web-1.yml', join(base, 'host_vars/web-1.yml'))
    expect(errorOf(() => selectNodes(loadInventory(['fleet.yaml'], { base })))).to.match(
      /^inventory-unreadable .*host_vars\/web-1\.yml' can't be read: ELOOP/,
    )
  })

  it('that is a list of files is refused', () => {
    expect(load('fleet.yaml,other.yaml')).to.equal(
      "inventory-invalid host list 'fleet.yaml,other.yaml': 'fleet.yaml' is a file: give -i once for each file",
    )
  })

  for (const [list, why] of [
    ['root@web-1,', "'root@web-1' names a user: give the user with -u"],
    ['web-[1:3],', "'web-[1:3]' holds a range: these work in inventory files only"],
    ['web-1 web-2,', "'web-1 web-2' holds a blank: separate the names by commas"],
    ['./a.yaml,', "'./a.yaml' is a path and no such file exists"],
  ] as const) {
    it(`that is no list of hosts is refused: ${list}`, () => {
      expect(load(list)).to.equal(`inventory-invalid host list '${list}': ${why}`)
    })
  }

  it('with a comma in its path is a file where it exists', () => {
    writeFileSync(join(base, 'a,b.yaml'), 'web: {hosts: {web-7: }}\n')
    expect([...loadInventory(['a,b.yaml'], { base }).hosts.keys()]).to.deep.equal(['web-7'])
  })

  it('that is a script without the x bit is refused, and YAML that has it is no script', () => {
    writeFileSync(join(base, 'script'), '#!/bin/sh\necho "{}"\n')
    writeFileSync(join(base, 'shared.yml'), 'web: {hosts: {web-1: }}\n', { mode: 0o755 })
    expect(load('script')).to.equal(
      "inventory-invalid inventory 'script' is a script that may not be run: chmod +x it",
    )
    expect(load('shared.yml')).to.equal('no error')
  })

  it('that is a folder which leads back to itself, or nowhere, is refused', () => {
    mkdirSync(join(base, 'circle'))
    symlinkSync('.', join(base, 'circle/again'))
    mkdirSync(join(base, 'dangling'))
    symlinkSync('nowhere', join(base, 'dangling/hosts'))
    expect(load('circle')).to.equal(
      "inventory-invalid folder 'circle/again' leads back to a folder that it is in",
    )
    expect(load('dangling')).to.match(/^inventory-unreadable 'dangling\/hosts' can't be read: ENOENT/)
  })

  it('may begin with as many blank lines as it likes', () => {
    writeFileSync(join(base, 'blank.ini'), `${'\n'.repeat(5000)}# a comment\n[web]\nweb-1\n`)
    writeFileSync(join(base, 'nothing.ini'), `${'\n \n'.repeat(5000)}# a comment`)
    expect([...loadInventory(['blank.ini'], { base }).hosts.keys()]).to.deep.equal(['web-1'])
    expect(load('nothing.ini')).to.equal('inventory-invalid nothing.ini:1:1: this inventory is empty')
  })

  it('that is not UTF-8 is refused', () => {
    writeFileSync(join(base, 'latin.yaml'), Buffer.from('web: {hosts: {"\xfc": }}\n', 'latin1'))
    expect(load('latin.yaml')).to.equal("inventory-invalid 'latin.yaml' is not UTF-8 text")
  })
})
