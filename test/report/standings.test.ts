import { expect } from 'chai'
import type { Outcome, Status } from '../../src/model/outcome.ts'
import type { Severity } from '../../src/model/severity.ts'
import { summaryLine } from '../../src/report/standings.ts'
import { auditOf, check, missing, node } from './audits.ts'

const outcome = (status: Status, severity: Severity = 'high', more: Partial<Outcome> = {}): Outcome => ({
  check: 'a',
  status,
  severity,
  ...(status === 'fail'
    ? { findings: [{ key: 'k', message: 'm', evidence: [] }] }
    : { reason: more.reason ?? 'seen' }),
  ...more,
})
const waived = { reason: 'r', owner: 'o', until: 0 }
const foreign = 'this policy has no container types (mcs)'

/** Nothing but what passed is called healthy. */
describe('the line of how many nodes stand where', () => {
  for (const [words, one] of [
    ['1 healthy', node('n', [outcome('pass')])],
    ['1 healthy', node('n', [outcome('not-applicable')])],
    ['1 healthy', node('n', [outcome('fail', 'info')])],
    ['1 failing', node('n', [outcome('fail')])],
    ['1 failing, waived', node('n', [outcome('fail', 'high', { waived })])],
    ['1 failing below high', node('n', [outcome('fail', 'medium')])],
    ['1 healthy', node('n', [outcome('fail', 'medium', { waived })])],
    ['1 not judged', node('n', [outcome('unknown')])],
    ['1 not judged', node('n', [outcome('unknown', 'low')], { status: 'partial' })],
    ['1 healthy', node('n', [outcome('unknown', 'low')])],
    ['1 missing', missing('n')],
    [
      '1 with containers not judged (the policy does not know them)',
      node('n', [outcome('not-applicable', 'high', { reason: `${foreign}: not judged` })], {
        facts: { foreignPolicy: foreign },
      }),
    ],
    [
      '1 healthy',
      node('n', [outcome('not-applicable', 'high', { reason: 'Longhorn does not run here' })], {
        facts: { foreignPolicy: foreign },
      }),
    ],
  ] as const)
    it(`says ${words} of ${JSON.stringify(one.outcomes[0] ?? one.status)}`, () =>
      expect(summaryLine(auditOf([check('a', 'high')], [one]))).to.equal(`1 node: ${words}`))
})
