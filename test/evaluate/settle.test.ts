import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { loadWaivers } from '../../src/checks/waivers.ts'
import { SefleetError } from '../../src/errors.ts'
import { settle } from '../../src/evaluate/settle.ts'
import type { Audit, Baseline } from '../../src/model/audit.ts'
import type { Outcome, Status } from '../../src/model/outcome.ts'
import type { Waiver } from '../../src/model/waiver.ts'
import { junit } from '../../src/report/junit.ts'
import { auditOf, check, node } from '../report/audits.ts'

const checks = [check('broken', 'critical'), check('other', 'high')]
const outcome = (id: string, status: Status): Outcome => ({
  check: id,
  status,
  severity: id === 'broken' ? 'critical' : 'high',
  ...(status === 'fail' ? { findings: [{ key: 'k', message: 'm', evidence: [] }] } : { reason: 'r' }),
})
const audit = (first: Status, second: Status): Audit =>
  auditOf(checks, [
    node('node-1', [outcome('broken', first), outcome('other', 'pass')], { groups: ['storage'] }),
    node('node-2', [outcome('broken', second), outcome('other', 'pass')]),
  ])
const at = audit('pass', 'pass').run.startedAt
const waiver = (more: Partial<Waiver> = {}): Waiver => ({
  check: 'broken',
  nodes: ['all'],
  reason: 'the vendor knows',
  owner: 'storage team',
  until: at + 30 * 86_400_000,
  place: 'waivers.yaml:2:5',
  ...more,
})
const options = { allowMissing: { nodes: 0 }, waivers: [], failOn: 'any' } as const
const regressed = (nodes: readonly string[], compared = ['node-1', 'node-2']): Baseline => ({
  state: 'compared',
  run: 'r',
  startedAt: 0,
  sameTool: true,
  sameProfiles: true,
  compared,
  policies: [],
  changes: [
    {
      id: 'e1',
      subject: { type: 'check', name: 'broken' },
      change: 'regressed',
      severity: 'critical',
      nodes,
    },
  ],
  suspects: [],
  unexplained: [],
  onsets: [],
  returned: [],
  newlyAsked: [],
})

const textOf = (one: Audit): string =>
  [...junit(one)].flatMap(({ content }) => (typeof content === 'string' ? [content] : [...content])).join('')

describe('what counts at the gate', () => {
  for (const [title, waivers, exit, note] of [
    ['a waived failure does not', [waiver()], 0, undefined],
    ['one waived on the other node does', [waiver({ nodes: ['node-2'] })], 1, 'matches no failure'],
    ['a waiver goes by globs', [waiver({ nodes: ['node-?'] })], 0, undefined],
    ['a waiver goes by groups', [waiver({ nodes: ['stor*'] })], 0, undefined],
    ['a failure whose waiver expired does', [waiver({ until: at })], 1, 'expired'],
    ['a waiver that is about to expire is said', [waiver({ until: at + 86_400_000 })], 0, 'expires'],
    ['a waiver of another check does not help', [waiver({ check: 'other' })], 1, 'matches no failure'],
  ] as const)
    it(title, () => {
      const settled = settle(audit('fail', 'pass'), { ...options, waivers })
      expect(settled.verdict.exit).to.equal(exit)
      if (note === undefined) expect(settled.notes).to.deep.equal([])
      else expect(settled.notes.join()).to.contain(note).and.to.contain('waivers.yaml:2:5')
      if (exit === 0) expect(settled.verdict.reasons.join()).to.contain('1 failure waived')
    })

  it('nothing waives what could not be judged', () => {
    expect(settle(audit('unknown', 'pass'), { ...options, waivers: [waiver()] }).verdict.exit).to.equal(3)
  })

  for (const [title, baseline, exit] of [
    ['only the new failure does', regressed(['node-1']), 1],
    ['a known failure does not', regressed([]), 0],
    ['a failure of a node that was not compared does', regressed([], ['node-2']), 1],
    ['without an earlier run every failure does', undefined, 1],
    ['beside an unreadable run every failure does', { state: 'unreadable', problem: 'p' } as const, 1],
  ] as const)
    it(`where only new ones count, ${title}`, () => {
      const found = settle(
        { ...audit('fail', 'pass'), ...(baseline ? { baseline } : {}) },
        { ...options, failOn: 'new' },
      )
      expect(found.verdict.exit).to.equal(exit)
    })

  it('is what JUnit says: exit 0 exactly when it holds no failure and no error', () => {
    const status = fc.constantFrom<Status>('fail', 'unknown', 'pass', 'not-applicable')
    fc.assert(
      fc.property(
        status,
        status,
        fc.constantFrom('any' as const, 'new' as const),
        fc.subarray(['node-1', 'node-2']),
        fc.array(fc.constantFrom(waiver(), waiver({ nodes: ['node-1'] }), waiver({ until: at - 1 }))),
        (first, second, failOn, fresh, waivers) => {
          const settled = settle(
            { ...audit(first, second), baseline: regressed(fresh) },
            { ...options, failOn, waivers },
          )
          expect(/<failure|<error/.test(textOf(settled))).to.equal(settled.verdict.exit !== 0)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a waiver of a check that is not asked', () => {
  it('waives nothing, is no mistake, and is told once', () => {
    const waivers = ['csi-plugin-domain', 'pid-limit', 'csi-plugin-domain'].map(name => ({
      ...waiver(),
      check: name,
    }))
    const settled = settle(audit('fail', 'pass'), { ...options, waivers })
    expect(settled.verdict.exit).to.equal(1)
    expect(settled.waivers.map(({ state }) => state)).to.deep.equal(['elsewhere', 'elsewhere', 'elsewhere'])
    expect(settled.notes.filter(note => note.includes('csi-plugin-domain'))).to.deep.equal([
      'there are waivers of checks that this run does not ask (csi-plugin-domain, pid-limit): they waive nothing here',
    ])
    expect(settled.notes.join()).to.not.contain('remove it')
  })
})

describe('a waiver file', () => {
  let folder = ''
  before(() => (folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))))
  after(() => rmSync(folder, { recursive: true }))

  const load = (text: string) => {
    const file = join(folder, 'waivers.yaml')
    writeFileSync(file, text)
    return loadWaivers(file, ['broken', 'other'])
  }
  const good = `waivers:
  - check: broken
    nodes: worker-0*, storage
    reason: the vendor knows
    owner: storage team
    until: 2026-12-31
`

  it('counts a day to its end, UTC', () => {
    const [one] = load(good)
    expect(one?.nodes).to.deep.equal(['worker-0*', 'storage'])
    expect(new Date(one?.until ?? 0).toISOString()).to.equal('2027-01-01T00:00:00.000Z')
    const [moment] = load(good.replace('2026-12-31', '2026-12-31T18:00Z'))
    expect(new Date(moment?.until ?? 0).toISOString()).to.equal('2026-12-31T18:00:00.000Z')
  })

  for (const [title, text, said] of [
    [
      'an unknown check',
      good.replace('broken', 'brokn'),
      ":2:12: there is no check 'brokn': did you mean 'broken'?",
    ],
    ['an unknown key', good.replace('owner', 'onwer'), ":5:5: unknown key 'onwer': did you mean 'owner'?"],
    ['no reason', good.replace('    reason: the vendor knows\n', ''), ':2:5: a waiver needs reason'],
    ['no day', good.replace('2026-12-31', 'next year'), ':6:12: a day as 2026-12-31'],
    ['no such day', good.replace('2026-12-31', '2026-02-31'), ':6:12: a day as 2026-12-31'],
    ['no list', 'waivers: none', 'a list of waivers'],
    ['no YAML', 'waivers: [', ':1:'],
  ] as const)
    it(`is refused with its place: ${title}`, () => {
      expect(() => load(text))
        .to.throw(SefleetError)
        .with.property('message')
        .that.contains(said)
    })
})
