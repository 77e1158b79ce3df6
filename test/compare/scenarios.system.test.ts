import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { compareRuns } from '../../src/compare/compare.ts'
import { baselineNotes } from '../../src/compare/notes.ts'
import { returnedIn } from '../../src/compare/returned.ts'
import { evaluate, plannedAsks } from '../../src/evaluate/evaluate.ts'
import { settle } from '../../src/evaluate/settle.ts'
import { makeNode } from '../../src/lab/data.ts'
import { linkTools } from '../../src/lab/tools.ts'
import type { Audit } from '../../src/model/audit.ts'
import { isPolicyAsk } from '../../src/probes/index.ts'
import type { NodeRecord } from '../../src/model/record.ts'
import { fleetPolicies } from '../../src/policy/fleet/fleet-policies.ts'
import { linesOf } from '../../src/report/lines.ts'
import { problemsOf } from '../../src/report/problems.ts'
import { knowledge, profiles } from '../lab/fleet.ts'
import { askLocally } from '../lab/local.ts'
import { runInfo } from '../lab/run-info.ts'

/*
 * What the morning after says, for fleets as data: each node's evening and morning, and the lines that must be there. The nodes
 * are the lab's with what differs; the script runs in a real sh, so that probes, policies and all stages are the real ones.
 */
type Definition = string | Readonly<Record<string, unknown>> | null
interface NodeStory {
  /** `absent`: not selected in that run. */
  readonly before: Definition
  /** In a run before that one, where there was one. */
  readonly earlier?: Definition
  readonly after?: Definition
  /** Seconds that its clock is ahead. */
  readonly clock?: number
  /** Seconds that it was set forward between the two runs. */
  readonly stepped?: number
}
interface Scenario {
  readonly name: string
  readonly nodes: Readonly<Record<string, NodeStory>>
  readonly waivers?: readonly {
    readonly check: string
    readonly nodes: readonly string[]
    readonly days: number
  }[]
  readonly exit?: number
  readonly notes?: string
  /** Of the earlier run: the version that collected it, and its age in days. */
  readonly tool?: string
  readonly age?: number
  /** Per root problem, by check: what its lines match. `because: none` stands for an explanation that names no cause. */
  readonly problems: Readonly<
    Record<
      string,
      {
        readonly what?: string
        readonly where: string
        /** The WHERE line as it is printed. */
        readonly line?: string
        readonly since?: string
        readonly because?: string
        readonly not?: string
        readonly do?: string
        readonly latent?: string
      }
    >
  >
  /** Checks that are lost, fixed and so on: `fixed: [selinux-mode]`. */
  readonly changes?: Readonly<Record<string, readonly string[]>>
  /** Facts that must be among the changes, as `type name`; a package also as `type name up` or `down`. */
  readonly facts?: readonly string[]
  readonly quiet?: boolean
}

const scenarios = parse(readFileSync('test/fixtures/scenarios.yaml', 'utf8'), {
  merge: true,
}) as readonly Scenario[] // our own data
const now = 1_795_000_000

const missing = (name: string): NodeRecord => ({
  format: 1,
  node: name,
  groups: [],
  leafGroups: [],
  address: '10.0.0.1:22',
  askedAt: now * 1000,
  script: '0'.repeat(64),
  status: 'missing',
  error: { code: 'connect-timeout', stage: 'connect', sentence: `node ${name}: no TCP connection` },
  frames: [],
})

describe('the morning after', function () {
  this.timeout(600_000)
  let folder = ''
  let tools = ''
  const policies = new Map<string, Buffer>()
  const asked = new Map<string, Promise<NodeRecord>>()
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sefleet-test-'))
    mkdirSync(join(folder, 'tools'))
    tools = linkTools(folder, process.env['PATH'] ?? '')
  })
  after(() => rmSync(folder, { recursive: true }))

  // Most scenarios share their nodes: each state is asked once.
  const recordOf = async (name: string, definition: Definition, at: number): Promise<NodeRecord> => {
    const own = typeof definition === 'string' ? { like: definition } : { ...definition }
    const key = JSON.stringify([own, at])
    const known =
      asked.get(key) ?? askLocally('node', makeNode(own), { folder, tools, now: at, asked: now, policies })
    asked.set(key, known)
    return { ...(await known), node: name }
  }

  const find = (sha256: string) => Promise.resolve(policies.get(sha256))

  const auditOf = async ({ nodes, waivers = [], tool, age = 0.5 }: Scenario): Promise<Audit> => {
    const judged = async (phase: 'earlier' | 'before' | 'after') => {
      const told = Object.entries(nodes).flatMap(([name, story]) => {
        const { before, after = before, earlier = before, clock = 0, stepped = 0 } = story
        const definition = { earlier, before, after }[phase]
        const ahead = phase === 'after' ? clock + stepped : clock
        return definition === 'absent' ? [] : [{ name, definition, ahead }]
      })
      const records = await Promise.all(
        told.map(async ({ name, definition, ahead }) =>
          definition === null ? missing(name) : recordOf(name, definition, now + ahead),
        ),
      )
      return evaluate(records, {
        run: {
          ...runInfo(told.map(({ name }) => name)),
          ...(phase === 'before' && tool !== undefined ? { tool } : {}),
          id: { earlier: '20261121T180000Z', before: '20261122T180000Z', after: '20261123T060000Z' }[phase],
          startedAt: (phase === 'after' ? now : now - age * 86_400) * 1000,
        },
        profiles,
        knowledge,
        policies: find,
        gate: 'high',
        allowMissing: { nodes: 0 },
      })
    }
    const [before, after] = [await judged('before'), await judged('after')]
    const found = await compareRuns(
      { before, after },
      fleetPolicies(find, plannedAsks(profiles, knowledge).filter(isPolicyAsk), new Set()),
      knowledge,
    )
    const earlier = Object.values(nodes).some(one => one.earlier !== undefined)
      ? [await judged('earlier')]
      : []
    const baseline = { ...found, returned: returnedIn(found.changes, earlier) }
    const { startedAt } = after.audit.run
    const notes = baselineNotes(baseline, { startedAt, failOn: 'any', wanted: true })
    return settle(
      { ...after.audit, baseline, notes },
      {
        allowMissing: { nodes: 0 },
        waivers: waivers.map(({ days, ...one }) => ({
          ...one,
          reason: 'known to the vendor',
          owner: 'storage team',
          until: (now + days * 86_400) * 1000,
          place: 'waivers.yaml:2:5',
        })),
        failOn: 'any',
      },
    )
  }

  it('is told for at least 40 fleets', () => {
    expect(scenarios.length).to.be.at.least(40)
    expect(new Set(scenarios.map(({ name }) => name)).size).to.equal(scenarios.length)
  })

  for (const scenario of scenarios)
    it(scenario.name, async () => {
      const audit = await auditOf(scenario)
      const problems = problemsOf(audit).filter(({ severity }) => severity !== 'info')
      const said = problems.map(problem => ({ problem, ...linesOf(problem, audit) }))
      expect(problems.map(({ check }) => check.id).toSorted()).to.deep.equal(
        Object.keys(scenario.problems).toSorted(),
      )
      for (const [id, wanted] of Object.entries(scenario.problems)) {
        const one = said.find(({ problem }) => problem.check.id === id)
        expect(one?.problem.nodes.join(' '), id).to.equal(wanted.where)
        if (wanted.line !== undefined) expect(one?.where, id).to.match(new RegExp(wanted.line))
        if (wanted.what !== undefined) expect(one?.what, id).to.match(new RegExp(wanted.what))
        if (wanted.since !== undefined) expect(one?.since, id).to.match(new RegExp(wanted.since))
        if (wanted.because !== undefined) expect(one?.because, id).to.match(new RegExp(wanted.because))
        if (wanted.not !== undefined) expect(one?.because, id).to.not.match(new RegExp(wanted.not))
        expect(one?.latent ?? '', id).to.match(new RegExp(wanted.latent ?? '^$'))
        if (wanted.do !== undefined) expect(one?.do.join('\n'), id).to.match(new RegExp(wanted.do))
      }
      const { baseline } = audit
      if (baseline?.state !== 'compared') throw new Error('nothing compared')
      for (const [kind, ids] of Object.entries(scenario.changes ?? {}))
        expect(
          baseline.changes
            .filter(({ subject, change }) => subject.type === 'check' && change === kind)
            .map(({ subject }) => subject.name)
            .toSorted(),
        ).to.include.members([...ids])
      for (const fact of scenario.facts ?? [])
        expect(
          baseline.changes.flatMap(({ subject: { type, name }, direction }) => [
            `${type} ${name}`,
            ...(direction === undefined ? [] : [`${type} ${name} ${direction}`]),
          ]),
        ).to.include(fact)
      if (scenario.exit !== undefined) expect(audit.verdict.exit).to.equal(scenario.exit)
      expect(audit.notes.join('; ')).to.match(new RegExp(scenario.notes ?? '^$'))
      if (scenario.quiet) expect(baseline.changes).to.deep.equal([])
    })
})
