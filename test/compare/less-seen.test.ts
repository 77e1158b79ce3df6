import { expect } from 'chai'
import { denialChanges } from '../../src/compare/denial-changes.ts'
import { facetChanges } from '../../src/compare/facet-changes.ts'
import { outcomeChanges } from '../../src/compare/outcome-changes.ts'
import { rollBackAdvice } from '../../src/compare/roll-back.ts'
import type { Pair } from '../../src/compare/pairs.ts'
import { firstSign } from '../../src/compare/suspects/signs.ts'
import type { NodeAudit } from '../../src/model/audit.ts'
import { facetTypes, type Facet, type Facets, type FacetType } from '../../src/model/facet.ts'
import type { JudgedDenial } from '../../src/model/denial.ts'
import type { Severity } from '../../src/model/severity.ts'
import { knowledge } from '../lab/fleet.ts'
import { check, node } from '../report/audits.ts'

/* What was seen less of is neither gone, nor fixed, nor restarted; what is known of old is no excuse for what is new. */
const none: Facet = { state: 'read', isComplete: true, items: new Map() }
const bare = Object.fromEntries(facetTypes.map(type => [type, none])) as Facets // every type is in the list
const facetsOf = (type: FacetType, value: string | undefined, isComplete = true): Facets => ({
  ...bare,
  [type]: { state: 'read', isComplete, items: new Map(value === undefined ? [] : [['one', { value }]]) },
})

const updated = (
  name: string,
  facts: NodeAudit['facts'],
  packages: Readonly<Record<string, string>>,
): Pair => ({
  node: name,
  before: node(name, []),
  after: node(name, [], { facts }),
  facts: Object.entries(packages).map(([one, before]) => ({
    type: 'package',
    name: one,
    change: 'changed',
    before,
    after: '9-9',
    direction: 'up',
    transaction: 7,
  })),
  outcomes: [],
  uncompared: [],
  isReinstalled: false,
})

const denial = (more: Partial<JudgedDenial> = {}): JudgedDenial => ({
  source: 'container_t',
  target: 'spc_t',
  class: 'unix_stream_socket',
  permissions: ['connectto'],
  count: 3,
  firstSeen: 1000,
  lastSeen: 2000,
  commands: [],
  paths: [],
  enforced: true,
  sample: '',
  active: true,
  because: '',
  signature: 'csi-connectto',
  ...more,
})
type Log = NonNullable<NodeAudit['denialLog']>
const logged = (denials: readonly JudgedDenial[], log: Partial<Log> = {}) => ({
  denials,
  denialLog: { source: 'ausearch' as const, since: 500, ...log },
})
const failing = (severity: Severity) => ({
  outcomes: [
    { check: 'c', status: 'fail' as const, severity, findings: [{ key: 'k', message: 'm', evidence: [] }] },
  ],
})

const kinds = (log: Partial<Log>) =>
  denialChanges('a', logged([denial()]), logged([], log)).map(({ change }) => change)
const changes = (before: Severity, after: Severity) =>
  outcomeChanges(failing(before), failing(after), [check('c', 'critical')]).map(({ change }) => change)

describe('what was seen less of', () => {
  it('is no reboot where the time of the boot could not be read', () => {
    expect(facetChanges(facetsOf('boot', '1000'), facetsOf('boot', undefined))).to.deep.equal([])
    expect(facetChanges(facetsOf('boot', undefined), facetsOf('boot', '1000'))).to.deep.equal([])
  })

  for (const [type, whole, part] of [
    ['domain', 'container_t, spc_t', 'spc_t'],
    ['restart', '100', '90000'],
    ['component', 'v1.4.0, v1.5.0', 'v1.5.0'],
  ] as const)
    it(`is no change of a ${type} where the list of processes is cut`, () => {
      expect(facetChanges(facetsOf(type, whole), facetsOf(type, part, false))).to.deep.equal([])
      expect(facetChanges(facetsOf(type, whole), facetsOf(type, part))).to.have.length(1)
    })

  it('is no denial that ended, if the log is another, younger, or cut', () => {
    expect(kinds({})).to.deep.equal(['fixed'])
    for (const log of [{ source: 'journal' as const }, { since: 5000 }, { isPartial: true as const }])
      expect(kinds(log), JSON.stringify(log)).to.deep.equal([])
  })
})

describe('what is known of old', () => {
  it('is new again where it weighs more', () => {
    expect(changes('medium', 'critical')).to.deep.equal(['regressed'])
    expect(changes('critical', 'critical')).to.deep.equal([])
    expect(changes('critical', 'medium')).to.deep.equal([])
  })

  it('is no first sign: a denial of another sort, or from before the check passed', () => {
    const checks = [check('denied', 'high', { reads: ['denials'] })]
    const message = 'denied container_t → spc_t:unix_stream_socket connectto'
    const at = (denials: readonly JudgedDenial[]) =>
      firstSign(
        checks[0] ?? check('denied', 'high'),
        checks,
        node(
          'a',
          [
            {
              check: 'denied',
              status: 'fail',
              severity: 'high',
              findings: [{ key: 'k', message, evidence: [] }],
            },
          ],
          { denials },
        ),
        900,
      )
    expect(at([denial()])).to.equal(1000)
    expect(at([denial(), denial({ target: 'nfs_t', firstSeen: 950 })])).to.equal(1000)
    expect(at([denial({ firstSeen: 800 })])).to.equal(undefined)
  })

  it('is taken back with what keeps it there, each version by itself', () => {
    const pairs = ['1.0-1', '0.9-1', '1.0-1'].map((from, index) =>
      updated(`m-${index}`, { osId: 'opensuse-leap' }, { x: from }),
    )
    const advice = rollBackAdvice({ type: 'package', name: 'x' }, pairs, knowledge.rollBack)
    const command = 'zypper --non-interactive install --oldpackage'
    expect(advice).to.deep.equal([
      { do: `${command} x=1.0-1`, hold: 'zypper addlock x', nodes: ['m-0', 'm-2'] },
      { do: `${command} x=0.9-1`, hold: 'zypper addlock x', nodes: ['m-1'] },
    ])
  })
})
