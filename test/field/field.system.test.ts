import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { z } from 'zod'
import { parseYaml } from '../../src/model/yaml.ts'
import { linkFullPolicy } from '../policy/files.ts'
import { auditCase, type Audited } from './audited.ts'

const texts = z.array(z.string()).default([])
const fragments = z.strictObject({ says: texts, never: texts })
const statuses = z.strictObject({
  fail: texts,
  unknown: texts,
  pass: texts,
  'not-applicable': texts,
})

/** What must come out of a case; see README.md beside the cases. */
const expectedSchema = z.strictObject({
  args: texts,
  exit: z.number(),
  nodes: z.record(z.string(), z.union([z.literal('quiet'), statuses])),
  says: texts,
  never: texts,
  files: z.record(z.string(), fragments).default({}),
})

const folder = 'test/fixtures/field'
const only = process.env['FIELD_CASE']

/** What people met, from public reports, as made-up nodes: each must be told as what it is, and its healthy twin stay quiet. */
describe('the field', function () {
  this.timeout(600_000)
  const cases = readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && (only === undefined || entry.name.includes(only)))
    .map(({ name }) => name)

  for (const name of cases)
    describe(name, () => {
      const expected = expectedSchema.parse(
        parseYaml(readFileSync(join(folder, name, 'expected.yaml'), 'utf8')).value,
      )
      let audited: Audited
      before(async function () {
        const work = mkdtempSync(join(tmpdir(), 'sefleet-test-field-'))
        try {
          if (/policy: debian\b/.test(readFileSync(join(folder, name, 'nodes.yaml'), 'utf8')))
            linkFullPolicy(this, work)
          audited = await auditCase(join(folder, name), work, expected.args)
        } finally {
          rmSync(work, { recursive: true, force: true })
        }
      })

      it(`exits with ${expected.exit}`, () => expect(audited.exit, audited.said).to.equal(expected.exit))

      for (const [node, wanted] of Object.entries(expected.nodes))
        it(`judges ${node}`, () => {
          const seen = audited.audit.nodes.find(one => one.name === node)
          expect(seen?.status, JSON.stringify(seen?.error)).to.equal('answered')
          const outcomes = seen?.outcomes ?? []
          if (wanted === 'quiet') {
            const loud = outcomes.filter(
              ({ status, severity }) => severity !== 'info' && (status === 'fail' || status === 'unknown'),
            )
            expect(loud).to.deep.equal([])
            return
          }
          for (const [status, checks] of Object.entries(wanted))
            for (const check of checks) {
              const outcome = outcomes.find(one => one.check === check)
              expect(outcome?.status, `${check}: ${JSON.stringify(outcome)}`).to.equal(status)
            }
        })

      for (const fragment of expected.says)
        it(`says: ${fragment}`, () => expect(audited.said).to.include(fragment))
      for (const fragment of expected.never)
        it(`never says: ${fragment}`, () => expect(audited.said).to.not.include(fragment))
      for (const [path, { says, never }] of Object.entries(expected.files)) {
        for (const fragment of says)
          it(`writes in ${path}: ${fragment}`, () => expect(audited.file(path)).to.include(fragment))
        for (const fragment of never)
          it(`never writes in ${path}: ${fragment}`, () =>
            expect(audited.file(path)).to.not.include(fragment))
      }
    })
})
