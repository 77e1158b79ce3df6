import { expect } from 'chai'
import { compareRuns } from '../../src/compare/compare.ts'
import { outliersOf } from '../../src/compare/outliers.ts'
import { shippedTypes } from '../../src/checks/shipped.ts'
import { auditOfOne, evaluationOf } from '../../src/evaluate/culprits.ts'
import { evaluate } from '../../src/evaluate/evaluate.ts'
import { settle } from '../../src/evaluate/settle.ts'
import type { Audit, NodeAudit } from '../../src/model/audit.ts'
import type { Evaluation } from '../../src/model/evaluation.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { reportFormats } from '../../src/model/report-format.ts'
import { gateLevels, type GateLevel } from '../../src/model/severity.ts'
import { fleetPolicies } from '../../src/policy/fleet/fleet-policies.ts'
import { junit } from '../../src/report/junit.ts'
import { report } from '../../src/report/report.ts'
import { terminal } from '../../src/report/terminal.ts'
import { collectedLab, knowledge, profiles, type CollectedLab } from '../lab/fleet.ts'
import { randomFrom, tampered } from '../lab/mutations.ts'
import { runInfo } from '../lab/run-info.ts'

/*
 * A node may answer whatever it likes. Its lies cost that node: nothing throws from the first parser to the last page, and
 * the nodes beside it come out as they did. All tampered copies of a node stand in one run, as nodes of their own.
 */
const perAsk = Number(process.env['SEFLEET_FUZZ'] ?? 500)
const shownLiars = 50

describe('a node that lies', function () {
  this.timeout(600_000)
  let lab: CollectedLab
  let bystanders: readonly NodeRecord[]
  let alone: Evaluation
  before(async () => {
    lab = await collectedLab()
    bystanders = lab.records.filter(({ status }) => status === 'answered').slice(0, 3)
    alone = await judge(bystanders, lab)
  })

  it('costs itself alone, whatever it says on any question', async () => {
    const answered = lab.records.filter(({ status }) => status === 'answered')
    const asks = new Set(answered.flatMap(({ frames }) => frames.map(({ ask }) => ask)))
    expect(asks.size).to.be.at.least(15)
    for (const [index, ask] of [...asks].entries()) {
      const random = randomFrom(13 + index)
      const liars = Array.from({ length: perAsk }, (_, count) => {
        const victims = answered.filter(({ frames }) => frames.some(frame => frame.ask === ask))
        const victim = victims[count % victims.length]
        if (!victim) throw new Error(`nobody answered ${ask}`)
        return {
          ...victim,
          node: `liar-${count}`,
          frames: victim.frames.map(frame => (frame.ask === ask ? tampered(frame, random) : frame)),
        }
      })
      // oxlint-disable-next-line no-await-in-loop -- one batch at a time is enough memory
      await expectHarmless(liars, ask)
    }
    expect([...exits].toSorted((a, b) => a - b)).to.deep.equal([0, 1, 3])
  })

  it('costs itself alone with its clock', async () => {
    const [victim] = bystanders
    if (!victim) throw new Error('nobody answered')
    const epochs = [0, -1, 99_999_999_999_999, 1e300, Number.MAX_SAFE_INTEGER, 4_102_444_800, 631_151_999]
    await expectHarmless(
      epochs.map((epoch, count) => ({
        ...victim,
        node: `liar-${count}`,
        clock: { epoch, zone: '+0000' },
      })),
      'clock',
    )
  })

  const expectHarmless = async (liars: readonly NodeRecord[], what: string): Promise<void> => {
    const after = await judge([...liars, ...bystanders], lab)
    const broken = after.audit.nodes.filter(({ error }) => error?.code === 'internal')
    expect(
      broken.map(({ error }) => error?.sentence),
      what,
    ).to.deep.equal([])
    for (const node of alone.audit.nodes)
      expect(judged(after.audit, node.name), what).to.deep.equal(outcomesOf(node))
    for (const [count, { name }] of after.audit.nodes.entries())
      expectGate(auditOfOne(after.audit, name), count)
    // Comparing and writing pages takes longer than judging: some of them.
    const step = Math.ceil(liars.length / shownLiars)
    const shown = new Set(liars.filter((_, count) => count % step === 0).map(({ node }) => node))
    for (const { node } of bystanders) shown.add(node)
    const some = await compared(evaluationOf(after, name => shown.has(name)))
    const audit = settle(some, { allowMissing: { nodes: 0 }, waivers: [], failOn: 'new' })
    for (const { content } of report(audit, { formats: reportFormats }))
      if (typeof content !== 'string') for (const piece of content) expect(piece).to.be.a('string')
    terminal(audit, { columns: 80, color: false })
    expectGate(audit, liars.length)
  }

  const compared = async (after: Evaluation): Promise<Audit> => {
    const names = new Set(alone.audit.nodes.map(({ name }) => name))
    const fleet = fleetPolicies(lab.policies, [...after.policyAsks.values()].flat(), shippedTypes())
    const [first] = alone.audit.nodes
    if (!first) throw new Error('nobody answered')
    // The liars were honest before.
    const before: Evaluation = {
      ...after,
      audit: {
        ...alone.audit,
        nodes: after.audit.nodes.map(node =>
          names.has(node.name) ? node : { ...first, name: node.name, groups: node.groups },
        ),
      },
      facets: new Map(
        after.audit.nodes.flatMap(({ name }) => {
          const facets = alone.facets.get(names.has(name) ? name : first.name)
          return facets ? [[name, facets] as const] : []
        }),
      ),
    }
    const baseline = await compareRuns({ before, after }, fleet, knowledge)
    return { ...after.audit, outliers: outliersOf(after.audit.nodes, after.facets), baseline }
  }
})

const outcomesOf = ({ outcomes }: NodeAudit) => outcomes
const judged = (audit: Audit, name: string) => audit.nodes.find(node => node.name === name)?.outcomes

const judge = (records: readonly NodeRecord[], { policies }: CollectedLab): Promise<Evaluation> =>
  evaluate(records, {
    run: runInfo(records.map(({ node }) => node)),
    profiles,
    knowledge,
    policies,
    gate: 'high',
    allowMissing: { nodes: 0 },
  })

const exits = new Set<number>()

/** Exit 0 exactly when JUnit holds no failure and no error: one way to ask for each node, all ways over all nodes. */
const expectGate = (audit: Audit, count: number): void => {
  const gate: GateLevel = gateLevels[count % gateLevels.length] ?? 'high'
  const settled = settle(
    { ...audit, verdict: { ...audit.verdict, gate } },
    {
      allowMissing: count % 3 === 0 ? { percent: 50 } : { nodes: count % 2 },
      waivers: [],
      failOn: count % 4 < 2 ? 'any' : 'new',
    },
  )
  const text = [...junit(settled)]
    .map(({ content }) => (typeof content === 'string' ? content : [...content].join('')))
    .join('')
  exits.add(settled.verdict.exit)
  expect(settled.verdict.exit === 0, settled.verdict.reasons.join('; ')).to.equal(
    !/<(?:failure|error) /.test(text),
  )
}
