import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { run } from '../../src/cli/run.ts'
import { parseYaml } from '../../src/model/yaml.ts'
import { fakeWorld } from './world.ts'

interface Case {
  readonly name: string
  readonly argv: readonly string[]
  readonly file?: { readonly name: string; readonly text: string }
  readonly says: readonly string[]
}
const cases = parseYaml(readFileSync('test/fixtures/cli/mistakes.yaml', 'utf8')).value as readonly Case[] // our own fixture

describe('a mistake on the command line', () => {
  for (const { name, argv, file, says } of cases)
    it(`is said and exits 2: ${name}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
      try {
        const path = join(folder, file?.name ?? 'none')
        if (file) writeFileSync(path, file.text)
        const { world, out, err } = fakeWorld()
        const words = argv.map(word => (word === 'FILE' ? path : word))
        const exit = await run(argv[0] === 'audit' ? [...words, '-o', join(folder, 'reports')] : words, world)
        expect(exit).to.equal(2)
        expect(out()).to.equal('')
        for (const part of says) expect(err()).to.include(part)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    })
})
