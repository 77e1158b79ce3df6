import { expect } from 'chai'
import type { Audit } from '../../src/model/audit.ts'
import type { RollBackAdvice } from '../../src/model/roll-back.ts'
import { linesOf } from '../../src/report/lines.ts'
import { problemsOf } from '../../src/report/problems.ts'
import { terminal } from '../../src/report/terminal.ts'
import { auditOf, baseline, check, node } from './audits.ts'

const fails = (message: string) => [
  {
    check: 'broken',
    status: 'fail',
    severity: 'critical',
    findings: [{ key: 'k', message, evidence: [] }],
  } as const,
]

/** `a` and `b` fail since an update, `c` fails without a cause. */
const audit = (rollBack: readonly RollBackAdvice[]): Audit => ({
  ...auditOf(
    [check('broken', 'critical', { remedy: 'Mend the paper.', afterwards: 'restart the pods' })],
    ['a', 'b', 'c'].map(name => node(name, fails('m'))),
  ),
  baseline: baseline({
    compared: ['a', 'b', 'c'],
    suspects: [
      {
        cause: { type: 'package', name: 'p', from: '1', to: '2' },
        check: 'broken',
        nodes: ['a', 'b'],
        leads: true,
        basis: 'mechanism',
        table: { changedDrifted: 2, changedFine: 0, unchangedDrifted: 1, unchangedFine: 0 },
        chance: 0.5,
        evidence: [],
        tied: [],
        rollBack,
      },
    ],
  }),
})
const lines = (one: Audit) => {
  const [problem] = problemsOf(one)
  if (!problem) throw new Error('nothing fails')
  return linesOf(problem, one)
}
const screen = (one: Audit): string => terminal(one, { columns: 200, color: false })

describe('what to do about a problem', () => {
  it('is said for the node that has nothing to take back, beside the commands for the others', () => {
    const one = audit([{ do: 'true a', nodes: ['a', 'b'] }])
    expect(lines(one).withoutWay).to.deep.equal(['Mend the paper.   on c'])
    expect(screen(one)).to.include('Mend the paper.   on c')
  })

  it('says what is left to do after each of several ways back', () => {
    const one = audit([
      { do: 'true a', nodes: ['a'] },
      { do: 'true b', hold: 'true hold', nodes: ['b'] },
    ])
    expect(lines(one).do.slice(0, 2)).to.deep.equal([
      'true a   on a; then restart the pods',
      'true b   on b; then true hold, and restart the pods',
    ])
  })

  it('says nothing in general of a node for which it says why nothing is done by hand', () => {
    const one = audit([
      { do: 'true a', nodes: ['a', 'c'] },
      { none: 'an image is replaced as a whole', nodes: ['b'] },
    ])
    expect(lines(one).withoutWay).to.deep.equal([])
    expect(screen(one)).to.not.include('Mend the paper')
  })

  it('is what the check says where nothing is taken back', () =>
    expect(lines(audit([])).do).to.deep.equal(['Mend the paper.']))
})

describe('a line of what else is wrong', () => {
  const said = (messages: Readonly<Record<string, string>>): string =>
    screen(
      auditOf(
        [check('broken', 'medium')],
        Object.entries(messages).map(([name, message]) =>
          node(name, [
            {
              check: 'broken',
              status: 'fail',
              severity: 'medium',
              findings: [{ key: 'k', message, evidence: [] }],
            },
          ]),
        ),
      ),
    )

  it('has every node’s own words, where these are few', () =>
    expect(said({ a: 'create on buffer (ruby)', b: 'create on pvc-1 (mkdir)' }))
      .to.include('a  broken: create on buffer (ruby)')
      .and.to.include('b  broken: create on pvc-1 (mkdir)'))

  it('is one where only the programs differ', () =>
    expect(said({ a: 'create on buffer (ruby)', b: 'create on buffer (mkdir)' })).to.include(
      'broken: create on buffer\n',
    ))
})
