import { expect } from 'chai'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { SefleetError } from '../../src/errors.ts'
import { createBuilder } from '../../src/inventory/sources/builder.ts'
import { readIniFile } from '../../src/inventory/ini/ini-file.ts'

const folder = 'test/fixtures/inventory/ini-mistakes'

describe('a mistake in an INI inventory', () => {
  // The last line of each file says what comes of it.
  for (const name of readdirSync(folder).toSorted()) {
    it(`is told with its place: ${name}`, () => {
      const text = readFileSync(join(folder, name), 'utf8')
      expect(told(text)).to.equal(text.trimEnd().split('\n').at(-1)?.slice(2))
    })
  }

  it('is told with its place: a byte order mark', () => {
    expect(told('\ufeffweb-1\n')).to.equal(
      'inventory-invalid FILE:1:1: a byte order mark, which Ansible takes for a part of the first line: save the file without it',
    )
  })
})

/** `CODE SENTENCE` of what is thrown. */
const told = (text: string): string => {
  try {
    readIniFile(createBuilder(), 'FILE', text)
  } catch (error) {
    if (error instanceof SefleetError) return `${error.code} ${error.message}`
    throw error
  }
  return 'no error'
}
