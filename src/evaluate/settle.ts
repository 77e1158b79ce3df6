import type { Audit, AuditWaiver, NodeAudit } from '../model/audit.ts'
import { globMatches } from '../model/glob.ts'
import type { Outcome } from '../model/outcome.ts'
import type { Waiver } from '../model/waiver.ts'
import { verdictOf, type AllowMissing } from './verdict.ts'

export interface SettleOptions {
  readonly allowMissing: AllowMissing
  readonly waivers: readonly Waiver[]
  /** `new`: only failures that the earlier run did not have. */
  readonly failOn: 'any' | 'new'
}

/**
 * Decides what counts: waives what the operator accepted, judged as of the run’s own time, and sets known failures aside where
 * only new ones gate; then the verdict. Says what became of the waivers.
 */
export const settle = (audit: Audit, options: SettleOptions): Audit => {
  const at = audit.run.startedAt
  const valid = options.waivers.filter(({ until }) => until > at)
  const used = new Map<Waiver, string[]>()
  const known = options.failOn === 'new' ? knownFailures(audit) : undefined
  const nodes = audit.nodes.map((node): NodeAudit => ({
    ...node,
    outcomes: node.outcomes.map((outcome): Outcome => {
      if (outcome.status !== 'fail') return outcome
      const waiver = valid.find(one => matches(one, outcome.check, node))
      if (waiver) {
        const waived = used.get(waiver) ?? []
        used.set(waiver, waived)
        waived.push(node.name)
      }
      return {
        ...outcome,
        ...(waiver ? { waived: { reason: waiver.reason, owner: waiver.owner, until: waiver.until } } : {}),
        ...(known === undefined ? {} : knownAs(known.get(`${outcome.check} ${node.name}`))),
      }
    }),
  }))
  const asked = new Set(audit.checks.map(({ id }) => id))
  const waivers = options.waivers
    .map((waiver): AuditWaiver => ({
      ...waiver,
      state: !asked.has(waiver.check)
        ? 'elsewhere'
        : waiver.until <= at
          ? 'expired'
          : used.has(waiver)
            ? 'counts'
            : 'idle',
      waives: used.get(waiver) ?? [],
    }))
    .toSorted((a, b) => a.until - b.until)
  const notes = [...audit.notes, ...waivers.flatMap(waiver => noteOn(waiver, at)), ...elsewhereNote(waivers)]
  const { gate } = audit.verdict
  return {
    ...audit,
    nodes,
    waivers,
    notes,
    verdict: verdictOf(nodes, { gate, allowMissing: options.allowMissing }),
  }
}

const matches = ({ check, nodes }: Waiver, failing: string, node: NodeAudit): boolean =>
  check === failing &&
  nodes.some(
    glob =>
      glob === 'all' || globMatches(glob, node.name) || node.groups.some(group => globMatches(glob, group)),
  )

const knownAs = (known: Outcome['known']): Pick<Outcome, 'known'> => (known === undefined ? {} : { known })

/** `CHECK NODE` of every failure that is not among the new ones, and why; none where there was nothing to compare with. */
const knownFailures = ({ baseline, nodes }: Audit): ReadonlyMap<string, NonNullable<Outcome['known']>> => {
  if (baseline?.state !== 'compared') return new Map()
  const asked = new Set(
    baseline.newlyAsked.flatMap(({ check, nodes: where }) => where.map(node => `${check} ${node}`)),
  )
  const fresh = new Set(
    baseline.changes.flatMap(({ subject, change, nodes: where }) =>
      subject.type === 'check' && (change === 'regressed' || change === 'appeared')
        ? where.map(node => `${subject.name} ${node}`)
        : [],
    ),
  )
  const compared = new Set(baseline.compared)
  return new Map(
    nodes
      .filter(({ name }) => compared.has(name))
      .flatMap(({ name, outcomes }) =>
        outcomes.filter(({ status }) => status === 'fail').map(({ check }) => `${check} ${name}`),
      )
      .filter(key => !fresh.has(key))
      .map(key => [key, asked.has(key) ? 'not-asked-before' : 'failed-before']),
  )
}

// One file of waivers may serve several profiles: what it waives of others is no mistake, and told once.
const elsewhereNote = (waivers: readonly AuditWaiver[]): readonly string[] => {
  const checks = [
    ...new Set(waivers.filter(({ state }) => state === 'elsewhere').map(({ check }) => check)),
  ].toSorted()
  if (checks.length === 0) return []
  const more = checks.length > mostNamed ? ` and ${checks.length - mostNamed} more` : ''
  return [
    `there are waivers of checks that this run does not ask (${checks.slice(0, mostNamed).join(', ')}${more}): they waive nothing here`,
  ]
}

const mostNamed = 5
const soon = 7 * 86_400_000

const noteOn = ({ check, nodes, owner, until, place, state }: AuditWaiver, at: number): readonly string[] => {
  const name = `the waiver of ${check} on ${nodes.join(', ')} (${owner}, ${place})`
  const day = new Date(until).toISOString().slice(0, 16).replace('T', ' ')
  if (state === 'elsewhere') return []
  if (state === 'expired') return [`${name} expired ${day} UTC and no longer counts`]
  if (state === 'idle') return [`${name} matches no failure: remove it`]
  return until - at < soon ? [`${name} expires ${day} UTC`] : []
}
