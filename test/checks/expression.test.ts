import { expect } from 'chai'
import { judge } from '../../src/checks/expression.ts'
import { loadKnowledge } from '../../src/checks/load.ts'
import type { ReadAsk } from '../../src/model/ask.ts'
import type { Expression } from '../../src/model/check.ts'
import { statuses, type Status } from '../../src/model/outcome.ts'
import { read, unreadable } from '../../src/model/reading.ts'

/*
 * Strong Kleene logic with a fourth value that drops out, as whole tables. A member of a given status is a `command` or
 * a mode that comes to it.
 */
const knowledge = loadKnowledge()
const command = (run: string): Expression => ({
  kind: 'command',
  params: { run, exit: 0, root: false, seconds: 1 },
})
const members: Readonly<Record<Status, Expression>> = {
  pass: command('pass'),
  fail: command('fail'),
  unknown: command('unknown'),
  'not-applicable': { kind: 'selinux', params: { denials: 'recorded' } },
}
const readAsk = (ask => {
  if (ask.probe === 'selinux') return read({ running: 'absent', commandLine: [] }, 'a fixture')
  const run = 'run' in ask.params ? ask.params.run : ''
  return run === 'unknown'
    ? unreadable('timeout', 'no time')
    : read({ exit: run === 'pass' ? 0 : 1, stdout: run, stderr: '' }, 'a fixture')
}) as ReadAsk // the two probes the members ask
const statusOf = (expression: Expression): Status => judge(expression, readAsk, knowledge).status

describe('an expression', () => {
  it('is made of members that come to every status', () => {
    for (const status of statuses) expect(statusOf(members[status])).to.equal(status)
  })

  for (const { name, table } of [
    {
      name: 'all',
      // worst first: one fail fails, one unknown leaves it open
      table: ['fail', 'unknown', 'pass', 'not-applicable'] as const,
    },
    { name: 'any', table: ['pass', 'unknown', 'fail', 'not-applicable'] as const },
  ] as const)
    it(`${name} of two and of three is the first of ${table.join(', ')} among its members`, () => {
      for (const a of statuses)
        for (const b of statuses)
          for (const c of [undefined, ...statuses]) {
            const chosen = [a, b, ...(c === undefined ? [] : [c])]
            const parts = chosen.map(status => members[status])
            const wanted = table.find(status => chosen.includes(status))
            expect(statusOf(name === 'all' ? { all: parts } : { any: parts }), chosen.join(' ')).to.equal(
              wanted,
            )
          }
    })

  it('not turns pass and fail around and nothing else', () => {
    const turned: Readonly<Record<Status, Status>> = {
      pass: 'fail',
      fail: 'pass',
      unknown: 'unknown',
      'not-applicable': 'not-applicable',
    }
    for (const status of statuses) expect(statusOf({ not: members[status] })).to.equal(turned[status])
  })

  it('not of all is any of nots, and the other way round', () => {
    for (const a of statuses)
      for (const b of statuses) {
        const parts = [members[a], members[b]]
        const nots = parts.map(part => ({ not: part }))
        expect(statusOf({ not: { all: parts } }), `${a} ${b}`).to.equal(statusOf({ any: nots }))
        expect(statusOf({ not: { any: parts } }), `${a} ${b}`).to.equal(statusOf({ all: nots }))
      }
  })

  it('fails with the findings of every member that fails', () => {
    const judged = judge({ all: [members.fail, members.pass, members.fail] }, readAsk, knowledge)
    expect(judged.status === 'fail' && judged.findings.length).to.equal(2)
  })
})
