import type { Baseline, NodeAudit } from '../model/audit.ts'
import type { Evaluation } from '../model/evaluation.ts'
import type { RollBack, RollBackAdvice } from '../model/roll-back.ts'
import type { FleetPolicies } from '../policy/fleet/fleet-policies.ts'
import { denialChanges } from './denial-changes.ts'
import { facetChanges, type NodeChange } from './facet-changes.ts'
import { foldChanges, type Single } from './fold.ts'
import { outcomeChanges, type OutcomeChange } from './outcome-changes.ts'
import { policyChanges } from './policy-changes.ts'
import { rollBackAdvice } from './roll-back.ts'
import { candidatesFor } from './suspects/candidates.ts'
import { rankSuspects, type Ranked, type Subject } from './suspects/rank.ts'

/** A node that answered both times. */
interface Pair {
  readonly node: string
  readonly before: NodeAudit
  readonly after: NodeAudit
  readonly facts: readonly NodeChange[]
  readonly outcomes: readonly OutcomeChange[]
}

/** What is compared. */
export interface Runs {
  /** Each node’s last answer before. */
  readonly before: Evaluation
  /** The last run, if that is not the same: which nodes answered then. */
  readonly last?: Evaluation
  readonly after: Evaluation
}

/**
 * What is otherwise than in an earlier run, and what may be why. Both were judged by the same profiles and parsers: another
 * version of the tool is no drift.
 */
export const compareRuns = async (
  { before, after, last = before }: Runs,
  fleet: FleetPolicies,
  ways: readonly RollBack[],
): Promise<Extract<Baseline, { readonly state: 'compared' }>> => {
  const then = new Map(before.audit.nodes.map(node => [node.name, node]))
  const pairs = after.audit.nodes.flatMap((node): Pair[] => {
    const earlier = then.get(node.name)
    if (!earlier || earlier.status === 'missing' || node.status === 'missing') return []
    const [was, is] = [before.facets.get(node.name), after.facets.get(node.name)]
    const facts = was && is ? facetChanges(was, is) : []
    const outcomes = outcomeChanges(earlier, node, after.audit.checks)
    return [{ node: node.name, before: earlier, after: node, facts, outcomes }]
  })
  const policies = await policyChanges(
    new Map(
      before.audit.nodes.flatMap(({ name, facts }) =>
        facts.policySha256 ? [[name, facts.policySha256]] : [],
      ),
    ),
    after.audit,
    fleet,
  )
  const { run } = last.audit
  return {
    state: 'compared',
    run: run.id,
    startedAt: run.startedAt,
    sameTool: run.tool === after.audit.run.tool,
    sameProfiles: JSON.stringify(run.profiles) === JSON.stringify(after.audit.run.profiles),
    compared: pairs.map(({ node }) => node),
    policies,
    changes: foldChanges([...nodeSetChanges({ before, last, after }), ...pairs.flatMap(singles)]),
    suspects: after.audit.checks.flatMap((check, column) =>
      suspectsOf(check, column, pairs, {
        changes: new Map(pairs.map(({ node, facts }) => [node, facts])),
        policies,
      }).map(suspect => ({ ...suspect, rollBack: rollBackOf(suspect, pairs, ways) })),
    ),
  }
}

const isReinstalled = ({ facts }: Pair): boolean =>
  facts.some(({ type, change }) => type === 'machine' && change === 'changed')

const singles = (pair: Pair): readonly Single[] => {
  const { node, facts, outcomes } = pair
  const checks = outcomes.map(({ check, change, before, after, severity }): Single => ({
    node,
    subject: { type: 'check', name: check },
    change,
    before,
    after,
    severity,
  }))
  // All facts of another machine differ: that it is another one says it.
  if (isReinstalled(pair))
    return [...checks, { node, subject: { type: 'node', name: 're-installed' }, change: 'changed' }]
  return [
    ...checks,
    ...facts.map(change => factSingle(node, change)),
    ...denialChanges(node, pair.before, pair.after),
  ]
}

const factSingle = (
  node: string,
  { type, name, change, before, after, since, direction }: NodeChange,
): Single => ({
  node,
  subject: { type, name },
  change,
  // Moments differ on every node; that there was one is what they share.
  ...(before === undefined || moments.has(type) ? {} : { before }),
  ...(after === undefined || moments.has(type) ? {} : { after }),
  ...(since === undefined ? {} : { since }),
  ...(direction === undefined ? {} : { direction }),
})

const moments: ReadonlySet<string> = new Set(['boot', 'restart'])

const nodeChange = (node: string, name: string, change: Single['change'], said?: string): Single => ({
  node,
  subject: { type: 'node', name },
  change,
  ...(said === undefined ? {} : { after: said }),
})

const nodeSetChanges = ({ before, last, after }: Required<Runs>): readonly Single[] => {
  const [known, then, now] = [before, last, after].map(
    ({ audit }) => new Map(audit.nodes.map(node => [node.name, node.status])),
  )
  if (!known || !then || !now) return []
  // Not selected is neither new nor gone.
  const wasWhole = last.audit.run.limit === undefined
  const isWhole = wasWhole && after.audit.run.limit === undefined
  const came = wasWhole
    ? [...now.keys()]
        .filter(name => !then.has(name) && !known.has(name))
        .map(name => nodeChange(name, 'new', 'appeared'))
    : []
  const gone = isWhole
    ? [...then.keys()].filter(name => !now.has(name)).map(name => nodeChange(name, 'gone', 'vanished'))
    : []
  const lost = after.audit.nodes
    .filter(({ name, status }) => status === 'missing' && (then.get(name) ?? 'missing') !== 'missing')
    .map(({ name, error }) => nodeChange(name, 'unreachable', 'lost', error?.code))
  const back = after.audit.nodes
    .filter(({ name, status }) => status !== 'missing' && then.get(name) === 'missing')
    .map(({ name }) => nodeChange(name, 'answers again', 'fixed'))
  return [...came, ...gone, ...lost, ...back]
}

const suspectsOf = (
  check: Evaluation['audit']['checks'][number],
  column: number,
  pairs: readonly Pair[],
  changed: Parameters<typeof candidatesFor>[2],
): readonly Ranked[] => {
  const isNew = ({ outcomes, after }: Pair): boolean =>
    after.outcomes[column]?.consequenceOf === undefined &&
    outcomes.some(one => one.check === check.id && (one.change === 'regressed' || one.change === 'appeared'))
  const drifted = pairs.filter(pair => isNew(pair) && !isReinstalled(pair))
  if (drifted.length === 0) return []
  const fine = pairs.filter(({ after }) => after.outcomes[column]?.status === 'pass')
  const subjects = [
    ...drifted.map((pair): Subject => ({ node: pair.node, drifted: true, ...firstSign(pair) })),
    ...fine.map(({ node }): Subject => ({ node, drifted: false })),
  ]
  const said = drifted.flatMap(({ after }) => after.outcomes[column]?.findings ?? []).map(one => one.message)
  const candidates = candidatesFor(
    { reads: check.reads, said },
    new Set(drifted.map(({ node }) => node)),
    changed,
  )
  return rankSuspects(check.id, subjects, candidates).slice(0, mostSuspects)
}

const mostSuspects = 8

const rollBackOf = (
  { cause, nodes }: Ranked,
  pairs: readonly Pair[],
  ways: readonly RollBack[],
): readonly RollBackAdvice[] =>
  rollBackAdvice(
    cause,
    pairs
      .filter(({ node }) => nodes.includes(node))
      .map(({ after, facts }) => ({
        node: after,
        from: facts.find(({ type, name }) => type === cause.type && name === cause.name)?.before,
      })),
    ways,
  )

// The first active denial of a known kind: what it tells of had begun by then.
const firstSign = ({ after }: Pair): { readonly firstSign?: number } => {
  const times = after.denials
    .filter(({ active, signature }) => active && signature !== undefined)
    .map(({ firstSeen }) => firstSeen)
  return times.length > 0 ? { firstSign: Math.min(...times) } : {}
}
