import { expect } from 'chai'
import type { Audit } from '../../src/model/audit.ts'
import type { Outcome } from '../../src/model/outcome.ts'
import { blocksOf } from '../../src/report/blocks.ts'
import { html } from '../../src/report/html.ts'
import { markdown } from '../../src/report/markdown.ts'
import { terminal } from '../../src/report/terminal.ts'
import { auditOf, check, node } from './audits.ts'

const checks = [
  check('broken', 'critical', { failureTitle: 'Volumes cannot attach' }),
  check('follows', 'critical', {
    consequenceOf: ['broken'],
    failureTitle: 'The plugin is in a wrong domain',
  }),
  check('stale', 'medium', { failureTitle: 'The clock is off' }),
]
const waived = {
  reason: 'relabelled with the next image',
  owner: 'storage team',
  until: Date.UTC(2027, 0, 1),
}
const fails = (id: string, more: Partial<Outcome> = {}): Outcome => ({
  check: id,
  status: 'fail',
  severity: id === 'stale' ? 'medium' : 'critical',
  findings: [{ key: id, message: `${id} is so`, evidence: [] }],
  ...more,
})
const passes = (id: string): Outcome => ({ check: id, status: 'pass', severity: 'critical', reason: 'r' })
const textOf = (audit: Audit, path: string): string =>
  [...html(audit), ...markdown(audit)]
    .filter(one => one.path === path)
    .map(({ content }) => (typeof content === 'string' ? content : [...content].join('')))
    .join('')
const told = (audit: Audit) =>
  blocksOf(audit).map(
    ({ problem }) => `${problem.waived ? 'waived ' : ''}${problem.check.id} ${problem.nodes.join(' ')}`,
  )

describe('a failure that is waived', () => {
  const all = auditOf(checks, [
    node('db-1', [fails('broken', { waived }), passes('follows'), fails('stale')]),
    node('db-2', [passes('broken'), passes('follows'), passes('stale')]),
  ])

  it('comes behind what counts, however bad it is', () => {
    expect(told(all)).to.deep.equal(['stale db-1', 'waived broken db-1'])
  })

  it('says so in every report', () => {
    const words = 'waived by storage team until 2026-12-31'
    expect(terminal(all, { columns: 200, color: false }))
      .to.contain(`db-1  ${words}: broken: broken is so`)
      .and.not.contain('WHAT')
    expect(textOf(all, 'summary.md')).to.contain('## Waived: Volumes cannot attach (critical)')
    expect(textOf(all, 'summary.md')).to.contain(
      '* **waived** by storage team until 2026-12-31: relabelled with the next image',
    )
    expect(textOf(all, 'index.html'))
      .to.contain('Waived: 1 check fails')
      .and.contain(`${words}: relabelled with the next image`)
      .and.not.contain('<article class="problem')
  })

  it('on one node is told apart from the same one on another', () => {
    const some = auditOf(checks, [
      node('db-1', [fails('broken', { waived }), passes('follows'), passes('stale')]),
      node('db-2', [fails('broken'), passes('follows'), passes('stale')]),
    ])
    expect(told(some)).to.deep.equal(['broken db-2', 'waived broken db-1'])
    expect(textOf(some, 'index.html').match(/ id="broken[^"]*"/g)).to.deep.equal([
      ' id="broken"',
      ' id="broken-waived"',
    ])
  })

  it('hides nothing that it explains: a consequence that is not waived is told for itself', () => {
    const cause = auditOf(checks, [
      node('db-1', [
        fails('broken', { waived }),
        fails('follows', { consequenceOf: 'broken' }),
        passes('stale'),
      ]),
    ])
    expect(cause.verdict.exit).to.equal(1)
    expect(told(cause)).to.deep.equal(['follows db-1', 'waived broken db-1'])
    expect(terminal(cause, { columns: 200, color: false })).to.contain(
      'WHAT     The plugin is in a wrong domain',
    )
  })

  it('explains what is waived with it', () => {
    const both = auditOf(checks, [
      node('db-1', [
        fails('broken', { waived }),
        fails('follows', { consequenceOf: 'broken', waived }),
        passes('stale'),
      ]),
    ])
    expect(told(both)).to.deep.equal(['waived broken db-1'])
  })
})
