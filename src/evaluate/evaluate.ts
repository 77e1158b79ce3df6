import { byHandOf, isPolicyAsk } from '../probes/index.ts'
import { asksOf, factsJudgedBy } from '../checks/expression.ts'
import { kindOf } from '../checks/kinds/index.ts'
import { namedTypes } from '../checks/named-types.ts'
import { askId, type Ask, type ReadAsk } from '../model/ask.ts'
import { auditFormat, type Audit, type CheckInfo, type NodeAudit } from '../model/audit.ts'
import type { Check, Knowledge, Profile } from '../model/check.ts'
import type { Evaluation } from '../model/evaluation.ts'
import type { Facets } from '../model/facet.ts'
import type { FindPolicy } from '../model/policy-keep.ts'
import type { Outcome } from '../model/outcome.ts'
import type { NodeRecord } from '../model/record.ts'
import type { RunInfo } from '../model/run.ts'
import type { GateLevel } from '../model/severity.ts'
import { brokenNode, bugOn } from './broken.ts'
import { clockAhead, clockNotes, onOurClock } from './clock.ts'
import { cohortsOf } from './cohorts.ts'
import { explainAbsence } from './explained.ts'
import { foreignPolicyNotes } from './foreign-policy-notes.ts'
import { rootNotes } from './root-notes.ts'
import { denialsOf, factAsks, factsOf } from './facts.ts'
import { facetReader } from './facets/facets.ts'
import { judgeCheck } from './judge-check.ts'
import { isMoment } from '../model/ranges.ts'
import { auditPolicies, systemOf } from './policies/audit-policies.ts'
import { fleetPolicies } from '../policy/fleet/fleet-policies.ts'
import { withPolicies } from './policies/node-policies.ts'
import { typesSeen } from './policies/seen-types.ts'
import { memoisedReader } from './read-record.ts'
import { verdictOf, type AllowMissing } from './verdict.ts'

export interface EvaluateOptions {
  readonly run: RunInfo
  readonly profiles: readonly Profile[]
  readonly knowledge: Knowledge
  /** Gives the policies of the run. */
  readonly policies: FindPolicy
  readonly gate: GateLevel
  readonly allowMissing: AllowMissing
}

/** Judges a snapshot under profiles: records in, outcomes out. Pure; records are taken one at a time. */
export const evaluate = async (
  records: AsyncIterable<NodeRecord> | Iterable<NodeRecord>,
  given: EvaluateOptions,
): Promise<Evaluation> => {
  const options = { ...given, knowledge: withComponentTypes(given.knowledge, given.profiles) }
  const checks = options.profiles.flatMap(profile => profile.checks)
  const asks = plannedAsks(options.profiles, options.knowledge)
  const reader = memoisedReader(asks)
  const policies = fleetPolicies(options.policies, asks.filter(isPolicyAsk), namedTypes(checks))
  const facetsOf = facetReader(asks, options.knowledge)
  const facets = new Map<string, Facets>()
  const nodes = new Map<string, NodeAudit>()
  const systems = new Map<string, string>()
  const types = new Set<string>()
  const odd: string[] = []
  const judge = async (record: NodeRecord): Promise<void> => {
    const read = await withPolicies(reader(record), record, policies)
    const node = evaluateNode(record, checks, read, options.knowledge)
    const os = read({ probe: 'os', params: {} })
    const system = os.state === 'read' ? systemOf(os.value) : undefined
    nodes.set(record.node, onOurClock({ ...node, ...peersOf(record, system) }))
    if (record.status !== 'missing') facets.set(record.node, facetsOf(read))
    if (system !== undefined) systems.set(node.name, system)
    if (types.size < mostTypes) for (const type of typesSeen(read)) types.add(type)
    if (record.clock && !isMoment(record.clock.epoch)) odd.push(node.name)
  }
  for await (const record of records)
    try {
      await judge(record)
    } catch (error) {
      // A bug of ours that only this node's answers bring about: the others are judged as ever.
      const { node: name, address, groups } = record
      facets.delete(name)
      systems.delete(name)
      nodes.set(name, brokenNode({ name, address, groups }, checks, bugOn(name, 'judged this node', error)))
    }
  // Selected nodes without a record were never asked: the run ended before.
  const all = options.run.nodes.map(name => nodes.get(name) ?? neverAsked(name))
  const infos = checks.map(check => toInfo(check, options.knowledge))
  const audit: Audit = {
    format: auditFormat,
    run: options.run,
    verdict: verdictOf(all, options),
    checks: infos,
    nodes: all,
    cohorts: cohortsOf(all, infos),
    policies: await auditPolicies(all, systems, policies, types),
    outliers: [],
    waivers: [],
    notes: [...clockNotes(all, odd), ...foreignPolicyNotes(all), ...rootNotes(all)],
  }
  const policyAsks = new Map(
    checks.map(({ id, requirement }) => [id, asksOf(requirement, options.knowledge).filter(isPolicyAsk)]),
  )
  const policyTypes = new Map(checks.map(({ id, requirement }) => [id, namedTypes(requirement)]))
  const judgedFacts = new Map(checks.map(({ id, requirement }) => [id, factsJudgedBy(requirement)]))
  return { audit, facets, policyAsks, policyTypes, judgedFacts }
}

// Nodes of one system in the same innermost groups ought to be alike, unless the inventory says otherwise (sefleet_peers).
const peersOf = (
  { peers, leafGroups }: NodeRecord,
  system: string | undefined,
): { readonly peers?: string } => {
  if (peers !== undefined) return { peers }
  return system === undefined ? {} : { peers: [system, ...leafGroups.toSorted()].join(', ') }
}

/** What is known, and what these profiles say of a policy with types of its own. */
const withComponentTypes = (knowledge: Knowledge, profiles: readonly Profile[]): Knowledge => {
  const said = profiles.flatMap(({ componentTypes }) => componentTypes ?? [])
  if (said.length === 0) return knowledge
  const componentTypes = {
    privileged: said.flatMap(({ privileged }) => privileged),
    confined: said.flatMap(({ confined }) => confined),
  }
  return { ...knowledge, componentTypes }
}

// Each makes a comparison longer.
const mostTypes = 1000

/** Every question the checks of these profiles ask, and those behind the report's facts; each once. */
export const plannedAsks = (profiles: readonly Profile[], given: Knowledge): readonly Ask[] => {
  const knowledge = withComponentTypes(given, profiles)
  const asks = profiles
    .flatMap(profile => profile.checks)
    .flatMap(({ requirement, when, lowered, instead }) => [
      ...(when ? asksOf(when, knowledge) : []),
      ...asksOf(requirement, knowledge),
      ...[...lowered, ...instead].flatMap(({ when: condition }) => asksOf(condition, knowledge)),
    ])
  return [...new Map([...factAsks(knowledge), ...asks].map(ask => [askId(ask), ask])).values()]
}

const evaluateNode = (
  record: NodeRecord,
  checks: readonly Check[],
  read: ReadAsk,
  knowledge: Knowledge,
): NodeAudit => {
  const base = {
    name: record.node,
    address: record.address,
    status: record.status,
    ...(record.error ? { error: record.error } : {}),
    groups: record.groups,
    ...(record.hostKeys ? { hostKeys: record.hostKeys } : {}),
  }
  const ahead = clockAhead(record)
  if (record.status === 'missing') return { ...base, facts: {}, outcomes: [], denials: [] }
  const denials = denialsOf(read, knowledge)
  const outcomes = checks.map(check =>
    explainAbsence(judgeAsked(check, read, knowledge, checks), check, denials.denials, knowledge),
  )
  const failed = new Set(outcomes.filter(({ status }) => status === 'fail').map(({ check }) => check))
  return {
    ...base,
    ...(ahead === undefined ? {} : { clockAhead: ahead }),
    facts: factsOf(read, record, knowledge),
    outcomes: outcomes.map((outcome, index) => {
      const cause = outcome.status === 'fail' ? rootCause(checks[index], checks, failed) : undefined
      return cause === undefined ? outcome : { ...outcome, consequenceOf: cause }
    }),
    ...denials,
  }
}

// An unknown that the run itself made by not asking is told apart: it says nothing of the node.
const judgeAsked = (check: Check, read: ReadAsk, knowledge: Knowledge, asked: readonly Check[]): Outcome => {
  let unasked = false
  const watched: ReadAsk = ask => {
    const reading = read(ask)
    if (reading.state === 'unreadable' && reading.reason === 'not-asked') unasked = true
    return reading
  }
  const outcome = judgeCheck(check, watched, knowledge, asked)
  return unasked && outcome.status === 'unknown' ? { ...outcome, unasked } : outcome
}

/** The failing check at the end of the chain of causes; undefined when nothing that failed explains this one. */
const rootCause = (
  check: Check | undefined,
  checks: readonly Check[],
  failed: ReadonlySet<string>,
): string | undefined => {
  const seen = new Set<string>()
  let cause: string | undefined
  for (let next = check; next && !seen.has(next.id);) {
    seen.add(next.id)
    const above = next.consequenceOf.find(id => failed.has(id))
    if (above === undefined || seen.has(above)) break
    cause = above
    next = checks.find(({ id }) => id === above)
  }
  return cause
}

const neverAsked = (name: string): NodeAudit => ({
  name,
  address: '',
  status: 'missing',
  error: {
    code: 'interrupted',
    stage: 'collect',
    sentence: `node ${name}: the run ended before it was asked`,
  },
  groups: [],
  facts: {},
  outcomes: [],
  denials: [],
})

const toInfo = (check: Check, knowledge: Knowledge): CheckInfo => ({
  id: check.id,
  profile: check.profile,
  title: check.title,
  severity: check.severity,
  ...(check.failureTitle === undefined ? {} : { failureTitle: check.failureTitle }),
  ...(check.symptom === undefined ? {} : { symptom: check.symptom }),
  ...(check.why === undefined ? {} : { why: check.why }),
  ...(check.remedy === undefined ? {} : { remedy: check.remedy }),
  ...(check.takeBack === undefined ? {} : { takeBack: check.takeBack }),
  ...(check.afterwards === undefined ? {} : { afterwards: check.afterwards }),
  ...(check.avoid === undefined ? {} : { avoid: check.avoid }),
  references: check.references,
  byHand: tellsOf(check)?.byHand ?? ownAsks(check, knowledge).map(byHandOf).filter(isFirst),
  reads:
    tellsOf(check)?.reads ??
    ownAsks(check, knowledge)
      .map(ask => (isPolicyAsk(ask) ? 'policy' : ask.probe))
      .filter(isFirst),
  consequenceOf: check.consequenceOf,
})

const tellsOf = ({ requirement }: Check) =>
  'kind' in requirement ? kindOf(requirement.kind).tells : undefined

// What only decides whether the check applies is left out, unless there is nothing else.
const ownAsks = (check: Check, knowledge: Knowledge): readonly Ask[] => {
  const asks = asksOf(check.requirement, knowledge)
  const own = asks.filter(({ probe }) => !supporting.has(probe))
  return own.length > 0 ? own : asks
}
const isFirst = (one: string, index: number, all: readonly string[]): boolean => all.indexOf(one) === index
const supporting = new Set<Ask['probe']>(['selinux', 'packages', 'files', 'os', 'booleans', 'roots'])
