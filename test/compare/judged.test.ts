import { expect } from 'chai'
import { factsJudgedBy } from '../../src/checks/expression.ts'
import { loadShipped } from '../../src/checks/load.ts'
import { compareRuns } from '../../src/compare/compare.ts'
import type { CheckInfo, NodeAudit } from '../../src/model/audit.ts'
import { partsOf } from '../../src/model/drift.ts'
import type { Evaluation } from '../../src/model/evaluation.ts'
import { facetTypes, type Facet, type Facets, type FactName } from '../../src/model/facet.ts'
import { knowledge } from '../lab/fleet.ts'
import { auditOf, check, node } from '../report/audits.ts'

/* That the facts which a check judges are otherwise now is what it says; none of them is a reason for it. */
const judging = loadShipped(knowledge)
  .flatMap(({ profile }) => profile.checks)
  .map(({ id, requirement }) => ({ id, judged: factsJudgedBy(requirement) }))
  .filter(({ judged }) => judged.length > 0)

const none: Facet = { state: 'read', isComplete: true, items: new Map() }
// every type is there
const bare = Object.fromEntries(facetTypes.map(type => [type, none])) as Facets
const nameOf = ({ type, name }: FactName): string => name ?? (type === 'mode' ? 'configured' : 'it')

// What each probe reads, so that the old table of mechanisms would have matched.
const reads: Readonly<Record<string, string>> = {
  mode: 'selinux',
  module: 'modules',
  boolean: 'booleans',
  'permissive-domain': 'permissive-types',
}

const evaluationOf = (
  { id, judged }: (typeof judging)[number],
  fact: FactName,
  phase: 'before' | 'after',
  more: Partial<Facets>,
): Evaluation => {
  const isAfter = phase === 'after'
  const info: CheckInfo = check(id, 'high', { reads: [reads[fact.type] ?? ''] })
  const finding = { key: id, message: `${nameOf(fact)} is not as it should be`, evidence: [] }
  const names = ['a', 'b', 'c']
  const nodes = names.map((name): NodeAudit =>
    node(
      name,
      [
        isAfter && name === 'a'
          ? { check: id, severity: 'high', status: 'fail', findings: [finding] }
          : { check: id, severity: 'high', status: 'pass' },
      ],
      { peers: 'fedora 39' },
    ),
  )
  const changed: Facet = {
    state: 'read',
    isComplete: true,
    items: new Map([[nameOf(fact), { value: isAfter ? 'otherwise' : 'as it was' }]]),
  }
  const facets = new Map(
    names.map(name => [name, name === 'a' ? { ...bare, [fact.type]: changed, ...more } : bare] as const),
  )
  const audit = auditOf([info], nodes)
  return {
    audit: { ...audit, run: { ...audit.run, startedAt: (isAfter ? 200_000 : 100_000) * 1000 } },
    facets,
    policyAsks: new Map(),
    policyTypes: new Map(),
    judgedFacts: new Map([[id, judged]]),
  }
}

const fleet = {
  answers: () => Promise.resolve({ state: 'unknown' as const, why: 'not had' }),
  compareWith: () => Promise.resolve({ state: 'unknown' as const, why: 'not had' }),
  viewsOf: () => Promise.resolve([]),
}

const compared = (one: (typeof judging)[number], fact: FactName, more: Partial<Facets> = {}) =>
  compareRuns(
    { before: evaluationOf(one, fact, 'before', {}), after: evaluationOf(one, fact, 'after', more) },
    fleet as unknown as Parameters<typeof compareRuns>[1], // no policies
    knowledge,
  )

describe('a fact that a check judges', () => {
  it('is there for checks of the mode, of modules, booleans and permissive domains', () =>
    expect(new Set(judging.flatMap(({ judged }) => judged.map(({ type }) => type)))).to.deep.equal(
      new Set(['mode', 'module', 'boolean', 'permissive-domain']),
    ))

  for (const one of judging)
    for (const fact of one.judged) {
      it(`is no reason for ${one.id}: ${fact.type} ${nameOf(fact)}`, async () => {
        const { suspects, unexplained } = await compared(one, fact)
        expect(suspects.flatMap(({ cause }) => partsOf(cause).map(({ type }) => type))).to.deep.equal([])
        expect(unexplained.flatMap(({ itself = [] }) => itself)).to.deep.equal([
          { type: fact.type, name: nameOf(fact), from: 'as it was', to: 'otherwise' },
        ])
      })

      it(`is told before a guess is, for ${one.id}: ${fact.type} ${nameOf(fact)}`, async () => {
        const items = new Map([['bystander', { value: '2', since: 150_000 }]])
        const { suspects, unexplained } = await compared(one, fact, {
          package: { state: 'read', isComplete: true, items },
        })
        expect(suspects).to.deep.equal([])
        expect(unexplained[0]?.changed).to.deep.equal([{ type: 'package', name: 'bystander' }])
      })
    }
})
