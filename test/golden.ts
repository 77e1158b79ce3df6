import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect } from 'chai'

/** Compares a whole output with the file that was reviewed; `UPDATE_GOLDEN=1 npm test` rewrites it. */
export const expectGolden = (file: string, actual: string): void => {
  if (process.env['UPDATE_GOLDEN'] === '1' || !existsSync(file)) {
    if (process.env['CI'] === 'true') throw new Error(`${file} is not there: run UPDATE_GOLDEN=1 npm test`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, actual)
  }
  expect(actual, `${file}; UPDATE_GOLDEN=1 npm test rewrites it`).to.equal(readFileSync(file, 'utf8'))
}
