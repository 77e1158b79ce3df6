import { expect } from 'chai'
import * as fc from 'fast-check'
import { compareRuns } from '../../src/compare/compare.ts'
import { askId, type PolicyAsk } from '../../src/model/ask.ts'
import type { CheckInfo, NodeAudit } from '../../src/model/audit.ts'
import type { Evaluation } from '../../src/model/evaluation.ts'
import { partsOf } from '../../src/model/drift.ts'
import { facetTypes, type Facet, type Facets } from '../../src/model/facet.ts'
import type { Status } from '../../src/model/outcome.ts'
import { read } from '../../src/model/reading.ts'
import type { FleetPolicies } from '../../src/policy/fleet/fleet-policies.ts'
import { knowledge } from '../lab/fleet.ts'
import { auditOf, check, node } from '../report/audits.ts'

/*
 * Fleets in which one change broke exactly the nodes that took it, among up to eight innocent ones, through the whole comparison:
 * facts and outcomes of two runs in, suspects out. The culprit is named wherever the evidence can tell it; twins are ties; nobody
 * else is ever certain.
 */
interface Update {
  readonly name: string
  readonly nodes: ReadonlySet<string>
  /** Epoch seconds. */
  readonly at: number
}
interface Fleet {
  readonly names: readonly string[]
  /** What fails: something that the policy answers, or something whose mechanism nobody knows. */
  readonly fails: 'policy' | 'service'
  readonly culprit: Update
  readonly innocents: readonly Update[]
}

const [began, sign] = [100_000, 150_000]

const fleets: fc.Arbitrary<Fleet> = fc
  .record({
    size: fc.integer({ min: 1, max: 40 }),
    fails: fc.constantFrom('policy' as const, 'service' as const),
    culprit: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
    innocents: fc.array(
      fc.record({
        nodes: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        sort: fc.constantFrom(
          'own' as const,
          'twin' as const,
          'late twin' as const,
          'all' as const,
          'more' as const,
        ),
        isPolicy: fc.boolean(),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ size, fails, culprit, innocents }) => {
    const names = Array.from({ length: size }, (_, index) => `node-${index}`)
    const chosen = names.filter((_, index) => culprit[index])
    const struck = new Set(chosen.length > 0 ? chosen : names.slice(0, 1))
    return {
      names,
      fails,
      culprit: { name: fails === 'policy' ? 'culprit-selinux' : 'culprit', nodes: struck, at: sign - 600 },
      innocents: innocents.map(({ nodes, sort, isPolicy }, index): Update => {
        const own = names.filter((_, at) => nodes[at])
        return {
          name: `innocent-${index}${isPolicy ? '-selinux' : ''}`,
          nodes: new Set(
            { own, twin: [...struck], 'late twin': [...struck], all: names, more: [...struck, ...own] }[sort],
          ),
          at: sort === 'late twin' ? sign + 7200 : sign - 300,
        }
      }),
    }
  })

const ask: PolicyAsk = {
  probe: 'allow',
  params: { source: 'container_t', target: 'spc_t', class: 'unix_stream_socket', permissions: ['connectto'] },
}
const rule = 'allow container_domain spc_t:unix_stream_socket connectto;'
const checks: readonly CheckInfo[] = [
  check('policy', 'critical', { reads: ['policy'] }),
  check('service', 'high', { reads: ['services'] }),
  check('denied', 'high', { reads: ['denials'], consequenceOf: ['policy', 'service'] }),
]

const policies: Pick<FleetPolicies, 'answers' | 'compare' | 'viewsOf'> = {
  answers: sha256 =>
    Promise.resolve({
      state: 'answered',
      facts: { version: 33, mls: true, types: 1, rules: 1 },
      readings: new Map([
        [
          askId(ask),
          read({ state: 'known', values: sha256.startsWith('broken') ? [] : [{ text: rule }] }, 'it'),
        ],
      ]),
    }),
  compare: (before, after) =>
    Promise.resolve(
      before === after
        ? { state: 'same' }
        : {
            state: 'differs',
            items: [{ kind: 'statement', change: 'added', text: `${after} is not ${before}` }],
            more: { items: 0, types: [] },
            booleans: [],
          },
    ),
  viewsOf: (_, denials) => Promise.resolve(denials.map(({ policy }) => policy)),
}

const none: Facet = { state: 'read', isComplete: true, items: new Map() }
// every type is there
const bare = Object.fromEntries(facetTypes.map(type => [type, none])) as Facets

const evaluationOf = (fleet: Fleet, phase: 'before' | 'after'): Evaluation => {
  const { names, culprit, innocents, fails } = fleet
  const isAfter = phase === 'after'
  const updates = [culprit, ...innocents]
  const nodes = names.map((name): NodeAudit => {
    const isBroken = isAfter && culprit.nodes.has(name)
    const status = (id: string): Status => (isBroken && (id === fails || id === 'denied') ? 'fail' : 'pass')
    const policy = innocents.some(one => one.name.endsWith('-selinux') && one.nodes.has(name))
      ? 'other'
      : 'first'
    return node(
      name,
      checks.map(({ id, severity }) => ({
        check: id,
        severity,
        status: status(id),
        ...(status(id) === 'fail'
          ? {
              findings: [
                {
                  key: id,
                  message:
                    id === 'denied'
                      ? 'denied container_t → spc_t:unix_stream_socket connectto'
                      : `${id} fails`,
                  evidence: [],
                },
              ],
            }
          : {}),
        ...(id === 'denied' && isBroken ? { consequenceOf: fails } : {}),
      })),
      {
        peers: 'fedora 39',
        facts: {
          policySha256: !isAfter ? 'first' : isBroken && fails === 'policy' ? `broken ${policy}` : policy,
        },
        denials: isBroken ? [denial] : [],
        denialLog: { source: 'ausearch' },
      },
    )
  })
  const facets = new Map(
    names.map(name => {
      const items = updates.map(({ name: own, nodes: took, at }) => {
        const isNew = isAfter && took.has(name)
        return [own, { value: isNew ? '2' : '1', since: isNew ? at : 1 }] as const
      })
      return [name, { ...bare, package: { state: 'read', isComplete: true, items: new Map(items) } }] as const
    }),
  )
  const audit = auditOf(checks, nodes)
  return {
    audit: { ...audit, run: { ...audit.run, startedAt: (isAfter ? sign + 20_000 : began) * 1000 } },
    facets,
    policyAsks: new Map([['policy', [ask]]]),
    policyTypes: new Map(),
    judgedFacts: new Map(),
  }
}

const denial = {
  source: 'container_t',
  target: 'spc_t',
  class: 'unix_stream_socket',
  permissions: ['connectto'],
  count: 3,
  firstSeen: sign,
  lastSeen: sign + 100,
  commands: ['csi-attacher'],
  paths: [],
  enforced: true,
  sample: 'avc: denied',
  active: true,
  because: '',
  signature: 'csi-connectto',
}

const isSame = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every(one => b.has(one))

describe('a planted cause', function () {
  this.timeout(600_000)

  it('comes first in 500 fleets wherever the evidence can tell it; a tie is a tie; nobody else is ever certain', async () => {
    const seen = { mechanism: 0, counts: 0, weak: 0, tie: 0 }
    await fc.assert(
      fc.asyncProperty(fleets, async fleet => {
        const { suspects } = await compareRuns(
          { before: evaluationOf(fleet, 'before'), after: evaluationOf(fleet, 'after') },
          { ...policies, compareWith: policies.compare },
          knowledge,
        )
        const { fails, culprit, innocents } = fleet
        const [top, ...more] = suspects.filter(one => one.check === fails && one.leads)
        if (!top) throw new Error('no suspect')
        expect(more, 'one cause explains all').to.deep.equal([])
        const names = [top.cause, ...top.tied]
          .flatMap(cause => partsOf(cause).map(({ name }) => name))
          .toSorted()
        seen[top.basis] += 1
        // With too few nodes it is said to be unknown, and still named first.
        if (top.basis === 'weak') expect(fails).to.equal('service')
        const twins = innocents.filter(
          one =>
            isSame(one.nodes, culprit.nodes) &&
            one.at < sign &&
            (fails === 'service' || one.name.endsWith('-selinux')),
        )
        if (twins.length > 0) seen.tie += 1
        expect(names).to.deep.equal([culprit.name, ...twins.map(({ name }) => name)].toSorted())
        expect(top.nodes).to.have.members([...culprit.nodes])
        if (top.basis === 'counts') expect(top.chance).to.be.below(0.05)
      }),
      { numRuns: 500 },
    )
    // The fleets were of all sorts.
    for (const [sort, count] of Object.entries(seen)) expect(count, sort).to.be.at.least(20)
  })

  it('is not told of checks that the policy answers as before, whatever policy packages came', async () => {
    const fleet: Fleet = {
      names: ['a', 'b', 'c'],
      fails: 'policy',
      culprit: { name: 'culprit-selinux', nodes: new Set(['a']), at: sign - 600 },
      innocents: [],
    }
    const same = { ...policies, answers: () => policies.answers('first') }
    const { suspects } = await compareRuns(
      { before: evaluationOf(fleet, 'before'), after: evaluationOf(fleet, 'after') },
      { ...same, compareWith: same.compare },
      knowledge,
    )
    expect(suspects.filter(one => one.check === 'policy')).to.deep.equal([])
  })
})
