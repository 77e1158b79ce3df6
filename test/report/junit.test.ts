import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as fc from 'fast-check'
import type { Audit, NodeAudit } from '../../src/model/audit.ts'
import type { Outcome } from '../../src/model/outcome.ts'
import { gateLevels, severities } from '../../src/model/severity.ts'
import { junit } from '../../src/report/junit.ts'
import { needs } from '../tools.ts'
import { auditOf, check, hostileAudit, missing, node } from './audits.ts'
import { hostile } from './hostile.ts'

const xmlOf = (audit: Audit): string =>
  [...junit(audit)]
    .map(({ content }) => (typeof content === 'string' ? content : [...content].join('')))
    .join('')

const anyOutcome = (id: string): fc.Arbitrary<Outcome> =>
  fc
    .tuple(
      fc.constantFrom('pass', 'fail', 'unknown', 'not-applicable'),
      fc.constantFrom(...severities),
      fc.string(),
    )
    .map(([status, severity, text]) => ({
      check: id,
      status,
      severity,
      ...(status === 'fail'
        ? { findings: [{ key: text, message: text, evidence: [text] }] }
        : { reason: text }),
    }))

const ids = ['a', 'b', 'c']
const anyNode: fc.Arbitrary<NodeAudit> = fc
  .tuple(fc.boolean(), fc.tuple(...ids.map(anyOutcome)), fc.uuid())
  .map(([isMissing, outcomes, name]) => (isMissing ? missing(name) : node(name, outcomes)))
const anyAudit = fc
  .tuple(
    fc.array(anyNode, { minLength: 1, maxLength: 5 }),
    fc.constantFrom(...gateLevels),
    fc.oneof(fc.record({ nodes: fc.nat(5) }), fc.record({ percent: fc.nat(100) })),
  )
  .map(([nodes, gate, allowed]) =>
    auditOf(
      ids.map(id => check(id, 'high')),
      nodes,
      gate,
      allowed,
    ),
  )

describe('junit.xml', () => {
  it('holds no failure and no error exactly when the exit is 0', () => {
    fc.assert(
      fc.property(anyAudit, audit => {
        const isGreen = !/<(failure|error)[ >]/.test(xmlOf(audit))
        expect(isGreen).to.equal(audit.verdict.exit === 0)
      }),
      { numRuns: 2000 },
    )
  })

  it('counts in its totals what it holds', () => {
    fc.assert(
      fc.property(anyAudit, audit => {
        const xml = xmlOf(audit)
        const total = (name: string) => Number(new RegExp(`<testsuites [^>]*${name}="(\\d+)"`).exec(xml)?.[1])
        expect(total('tests')).to.equal(xml.match(/<testcase /g)?.length)
        expect(total('failures')).to.equal(xml.match(/<failure /g)?.length ?? 0)
        expect(total('errors')).to.equal(xml.match(/<error /g)?.length ?? 0)
      }),
      { numRuns: 300 },
    )
  })

  it('is valid by both schemas, whatever a node says', function () {
    needs(this, 'xmllint')
    const folder = mkdtempSync(join(tmpdir(), 'sefleet-test-junit-'))
    try {
      const texts = [...hostile, ...fc.sample(fc.string({ unit: 'binary', maxLength: 60 }), 60)]
      const files = texts.map((text, index) => {
        const file = join(folder, `${index}.xml`)
        writeFileSync(file, xmlOf(hostileAudit(text)))
        return file
      })
      for (const schema of ['jenkins-junit', 'junit-10'])
        execFileSync(
          'xmllint',
          ['--noout', '--huge', '--schema', `test/report/schemas/${schema}.xsd`, ...files],
          { stdio: 'pipe' },
        )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('names cases by ids, never by titles', () => {
    const xml = xmlOf(
      auditOf(
        [check('csi-connectto', 'high')],
        [node('db.example.org', [{ check: 'csi-connectto', status: 'pass', severity: 'high', reason: '' }])],
      ),
    )
    expect(xml)
      .to.include('<testcase name="csi-connectto" classname="mine.db_example_org"')
      .and.to.not.include('Title of')
  })
})
