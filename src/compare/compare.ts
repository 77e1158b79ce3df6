import type { Baseline, CheckInfo } from '../model/audit.ts'
import type { Knowledge } from '../model/check.ts'
import type { Evaluation } from '../model/evaluation.ts'
import type { RunInfo } from '../model/run.ts'
import type { FleetPolicies } from '../policy/fleet/fleet-policies.ts'
import { foldChanges } from './fold.ts'
import { missedUpdates } from './missed-updates.ts'
import { nodeSetChanges } from './node-set.ts'
import { isNewlyAsked } from './outcome-changes.ts'
import { pairsOf, type Pair } from './pairs.ts'
import { policyChanges } from './policy-changes.ts'
import { rollBackAdvice } from './roll-back.ts'
import { singlesOf } from './singles.ts'
import { policyEffects } from './suspects/policy-effect.ts'
import { findSuspects } from './suspects/suspects.ts'

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
  knowledge: Knowledge,
): Promise<Extract<Baseline, { readonly state: 'compared' }>> => {
  const pairs = pairsOf(before, after)
  const policies = await policyChanges(policiesOf(before), after.audit, fleet)
  const { suspects, ...known } = await findSuspects(pairs, {
    checks: after.audit.checks,
    policyAsks: after.policyAsks,
    policyTypes: after.policyTypes,
    judgedFacts: after.judgedFacts,
    policies,
    effects: policyEffects(policies, fleet),
    knowledge,
    comparedSince: last.audit.run.startedAt / 1000 - clocksAgree,
  })
  const neverTakenBack = new Set(
    after.audit.checks.filter(({ takeBack }) => takeBack === 'never').map(({ id }) => id),
  )
  const missed = missedUpdates(pairs, before.facets, after.facets)
  const { run } = last.audit
  return {
    state: 'compared',
    run: run.id,
    startedAt: run.startedAt,
    sameTool: run.tool === after.audit.run.tool,
    sameProfiles: profilesText(run) === profilesText(after.audit.run),
    compared: pairs.map(({ node }) => node),
    policies,
    changes: foldChanges([...nodeSetChanges(before, last, after), ...pairs.flatMap(singlesOf)]),
    suspects: suspects.map(one => {
      const struck = new Set(one.nodes)
      const own = pairs.filter(({ node }) => struck.has(node))
      if (neverTakenBack.has(one.check)) return { ...one, rollBack: [] }
      return { ...one, rollBack: rollBackAdvice(one.cause, own, knowledge.rollBack) }
    }),
    ...known,
    returned: [],
    newlyAsked: newlyAsked(pairs, after.audit.checks),
    ...(missed.length > 0 ? { missed } : {}),
  }
}

const profilesText = ({ profiles }: RunInfo): string =>
  JSON.stringify(profiles.map(({ name, sha256 }) => [name, sha256]))

const newlyAsked = (pairs: readonly Pair[], checks: readonly CheckInfo[]) =>
  checks.flatMap(({ id }, column) => {
    const nodes = pairs.flatMap(({ node, before, after }) => {
      const [then, now] = [before.outcomes[column], after.outcomes[column]]
      return then && now && isNewlyAsked(then, now) ? [node] : []
    })
    return nodes.length > 0 ? [{ check: id, nodes }] : []
  })

/** Seconds by which a node’s clock may be off unnoticed. */
const clocksAgree = 60

const policiesOf = ({ audit }: Evaluation): ReadonlyMap<string, string> =>
  new Map(audit.nodes.flatMap(({ name, facts }) => (facts.policySha256 ? [[name, facts.policySha256]] : [])))
