import type { Audit, CheckInfo, NodeAudit } from '../model/audit.ts'
import { foldNames } from '../model/fold-names.ts'
import { maskOwn } from '../model/mask.ts'
import type { Outcome } from '../model/outcome.ts'
import { gatesAt } from '../model/gate.ts'
import { bySeverity, gates, type Severity } from '../model/severity.ts'
import { latentNodes } from './latent.ts'
import { isoMinute } from './moments.ts'

/** One thing wrong in the fleet: a failing check, the nodes it fails on, and what follows from it there. */
export interface Problem {
  readonly check: CheckInfo
  /** What the operator notices, its own or of what it causes; else what is broken. */
  readonly headline: string
  /** The nodes on which that has come about: all of `nodes`, but for those where it is only to come. */
  readonly struck: readonly string[]
  /** Of `nodes` those where it weighs less because SELinux only logs: nothing is refused there until it enforces. */
  readonly permissive: readonly string[]
  /** The worst severity it has on any of its nodes. */
  readonly severity: Severity
  readonly isGating: boolean
  readonly nodes: readonly string[]
  /** Distinct findings with their nodes, the most frequent first. */
  readonly findings: readonly Shared[]
  /** Why it weighs less than the check says, where it does. */
  readonly lowered?: string
  /** Why it weighs more. */
  readonly raised?: string
  /** It is accepted for now on these nodes; on others it is a problem of its own. */
  readonly waived?: NonNullable<Outcome['waived']>
  /** Where no node's failure is new, and only new ones count. */
  readonly known?: NonNullable<Outcome['known']>
  /** Failing checks that this one explains, on some of its nodes. */
  readonly consequences: readonly {
    readonly check: CheckInfo
    readonly nodes: readonly string[]
    /** What it says on the first of them. */
    readonly finding?: string
  }[]
}

/** A sentence that nodes share. */
export interface Shared {
  readonly message: string
  readonly evidence: readonly string[]
  /** What to do about this very finding. */
  readonly remedy?: string
  readonly nodes: readonly string[]
  /** What each of these nodes says itself, where they do not all say the same. */
  readonly own?: ReadonlyMap<string, string>
}

/**
 * Failing checks of the fleet, worst first, and then what is waived; a failure that another explains is told with that other. Found once
 * per audit.
 */
export const problemsOf = (audit: Audit): readonly Problem[] => {
  const found = known.get(audit) ?? findProblems(audit)
  known.set(audit, found)
  return found
}
const known = new WeakMap<Audit, readonly Problem[]>()

const findProblems = (audit: Audit): readonly Problem[] =>
  audit.checks
    .flatMap((check, column) => {
      const failing = audit.nodes.filter(({ outcomes }) => {
        const outcome = outcomes[column]
        return outcome?.status === 'fail' && causeOf(outcome, outcomes) === undefined
      })
      // What somebody has accepted on some nodes is not what is wrong on the others.
      return [
        failing.filter(({ outcomes }) => outcomes[column]?.waived === undefined),
        failing.filter(({ outcomes }) => outcomes[column]?.waived !== undefined),
      ].map(nodes => problemOf(nodes, audit, check, column))
    })
    .filter(problem => problem !== undefined)
    .toSorted(
      (a, b) =>
        Number(a.waived !== undefined) - Number(b.waived !== undefined) ||
        bySeverity(a.severity, b.severity) ||
        b.nodes.length - a.nodes.length,
    )

// The failure that another's explains. One that counts is not told with one that does not.
const causeOf = (outcome: Outcome, outcomes: readonly Outcome[]): string | undefined => {
  const { consequenceOf, waived } = outcome
  if (consequenceOf === undefined || waived !== undefined) return consequenceOf
  return outcomes.find(one => one.check === consequenceOf)?.waived === undefined ? consequenceOf : undefined
}

const problemOf = (
  failing: readonly NodeAudit[],
  audit: Audit,
  check: CheckInfo,
  column: number,
): Problem | undefined => {
  const outcomes = failing.flatMap(node => node.outcomes[column] ?? [])
  const severity = outcomes.map(one => one.severity).toSorted(bySeverity)[0]
  if (severity === undefined) return undefined
  const lowered = outcomes.find(one => one.lowered !== undefined && one.severity === severity)?.lowered
  const raised = outcomes.find(one => one.raised !== undefined && one.severity === severity)?.raised
  const consequences = consequencesOf(failing, audit, check)
  const nodes = failing.map(({ name }) => name)
  const working = new Set(latentNodes({ check, nodes }, audit))
  const permissive = failing
    .filter(({ facts, outcomes: own }) => facts.mode === 'permissive' && own[column]?.lowered !== undefined)
    .map(({ name }) => name)
  // What is noticed on some of its nodes only is not what is wrong on all.
  const noticed = [{ check, nodes }, ...consequences].find(
    one =>
      one.check.symptom !== undefined && nodes.every(node => one.nodes.includes(node) || working.has(node)),
  )
  return {
    check,
    // Where nothing is refused yet, nobody notices.
    headline:
      (permissive.length < nodes.length ? noticed?.check.symptom : undefined) ?? failureHeadline(check),
    struck: struckOf(
      noticed && noticed.check !== check ? nodes.filter(node => !working.has(node)) : nodes,
      permissive,
    ),
    permissive,
    severity,
    isGating: outcomes.some(outcome => gatesAt(outcome, audit.verdict.gate)),
    ...(outcomes.every(one => one.waived !== undefined) && outcomes[0]?.waived
      ? { waived: outcomes[0].waived }
      : {}),
    ...(outcomes.every(one => one.known !== undefined) && outcomes[0]?.known
      ? { known: outcomes.find(one => one.known === 'failed-before')?.known ?? outcomes[0].known }
      : {}),
    nodes,
    findings: shareFindings(failing, column),
    ...(lowered === undefined ? {} : { lowered }),
    ...(raised === undefined ? {} : { raised }),
    consequences,
  }
}

/** What to call a check that fails: its title says what holds when it passes. */
export const failureHeadline = ({ failureTitle, title }: Pick<CheckInfo, 'failureTitle' | 'title'>): string =>
  failureTitle ?? `It does not hold that “${title.replace(/\.$/, '')}”`

const struckOf = (nodes: readonly string[], permissive: readonly string[]): readonly string[] => {
  const enforcing = nodes.filter(name => !permissive.includes(name))
  return enforcing.length > 0 ? enforcing : nodes
}

const consequencesOf = (
  failing: readonly NodeAudit[],
  { checks }: Audit,
  cause: CheckInfo,
): Problem['consequences'] =>
  checks
    .map((check, column) => {
      const nodes = failing.filter(
        ({ outcomes }) =>
          outcomes[column]?.status === 'fail' && causeOf(outcomes[column], outcomes) === cause.id,
      )
      const finding = nodes[0]?.outcomes[column]?.findings?.[0]?.message
      return { check, nodes: nodes.map(({ name }) => name), ...(finding === undefined ? {} : { finding }) }
    })
    .filter(({ nodes }) => nodes.length > 0)

const shareFindings = (nodes: readonly NodeAudit[], column: number): readonly Shared[] => {
  const shared = new Map<
    string,
    {
      message: string
      evidence: readonly string[]
      remedy?: string
      nodes: string[]
      said: Map<string, string>
    }
  >()
  for (const { name, outcomes } of nodes)
    for (const { key, message, evidence, remedy } of outcomes[column]?.findings ?? []) {
      // What helps differs where the nodes do.
      const id = JSON.stringify([key, remedy])
      const entry = shared.get(id) ?? {
        message,
        evidence,
        ...(remedy === undefined ? {} : { remedy }),
        nodes: [],
        said: new Map<string, string>(),
      }
      if (!entry.said.has(name)) entry.said.set(name, message)
      entry.message = sharedWords(entry.message, message)
      if (!entry.nodes.includes(name)) entry.nodes.push(name)
      shared.set(id, entry)
    }
  return [...shared.values()]
    .map(({ said, ...one }) =>
      new Set([...said.values()].map(withoutBrackets)).size > 1 ? { ...one, own: said } : one,
    )
    .toSorted((a, b) => b.nodes.length - a.nodes.length)
}

// `denied a_t → b_t:file read (cat)`: what stands in brackets at the end is one node's own, unless all say it.
const sharedWords = (one: string, other: string): string => {
  if (one === other) return one
  const [left, right] = [one, other].map(withoutBrackets)
  return left === right && left !== undefined ? left : one
}

const withoutBrackets = (text: string): string => text.replace(/ \([^()]*\)$/, '')

/** What to do about a failure: what its findings say of themselves, else what the check says of all. */
export const remediesOf = (
  findings: readonly { readonly remedy?: string; readonly nodes: readonly string[] }[],
  { remedy }: Pick<CheckInfo, 'remedy'>,
): readonly string[] => {
  const nodes = new Map<string, Set<string>>()
  for (const one of findings.length > 0 ? findings : [{ nodes: [] }]) {
    const text = one.remedy ?? remedy
    if (text === undefined) continue
    const where = nodes.get(text) ?? new Set()
    for (const node of one.nodes) where.add(node)
    nodes.set(text, where)
  }
  const all = new Set([...nodes.values()].flatMap(where => [...where])).size
  return [...nodes].map(([text, where]) =>
    where.size === all
      ? text
      : `${text}   on ${where.size <= 12 ? foldNames([...where]) : `${where.size} nodes`}`,
  )
}

/** What is said of a failure that somebody has accepted; undefined where it is not. The day is the last on which it counts. */
export const waivedWords = ({ waived }: Pick<Problem, 'waived'>): string | undefined =>
  waived &&
  `waived by ${waived.owner} until ${isoMinute((waived.until - 1) / 1000).slice(0, 10)}: ${waived.reason}`

/** Checks that could not be judged somewhere: by check, then by reason. */
export interface Unjudged {
  readonly check: CheckInfo
  readonly isGating: boolean
  readonly reasons: readonly {
    readonly reason: string
    readonly next?: string
    readonly nodes: readonly string[]
  }[]
}

/** All outcomes of one status that carry a reason (unknown, not-applicable), grouped. */
export const groupReasons = (audit: Audit, status: 'unknown' | 'not-applicable'): readonly Unjudged[] =>
  audit.checks
    .map((check, column) => {
      // What nodes say alike but for their own names is told once.
      const reasons = new Map<
        string,
        { readonly reason: string; readonly next?: string; readonly nodes: string[] }
      >()
      for (const node of audit.nodes) {
        const outcome = node.outcomes[column]
        if (outcome?.status !== status) continue
        const reason = outcome.reason ?? ''
        const masked = maskOwn(reason, node)
        const shared = reasons.get(masked)
        if (shared) shared.nodes.push(node.name)
        else reasons.set(masked, { reason, ...nextOf(outcome), nodes: [node.name] })
      }
      return {
        check,
        isGating: gates(check.severity, audit.verdict.gate),
        reasons: [...reasons]
          .map(([masked, one]) => ({ ...one, reason: one.nodes.length === 1 ? one.reason : masked }))
          .toSorted((a, b) => b.nodes.length - a.nodes.length),
      }
    })
    .filter(({ reasons }) => reasons.length > 0)

const nextOf = ({ next }: Outcome): Pick<Outcome, 'next'> => (next === undefined ? {} : { next })

/** What several checks could not judge on the same nodes for the same reason, as one; the worst severity's first. */
export const sharedReasons = (
  unjudged: readonly Unjudged[],
): readonly {
  readonly checks: readonly string[]
  readonly reason: string
  readonly next?: string
  readonly nodes: readonly string[]
}[] => {
  const shared = new Map<
    string,
    { checks: string[]; reason: string; next?: string; nodes: readonly string[] }
  >()
  for (const { check, reasons } of unjudged.toSorted((a, b) =>
    bySeverity(a.check.severity, b.check.severity),
  ))
    for (const one of reasons) {
      const key = JSON.stringify([one.reason, one.nodes])
      const same = shared.get(key)
      if (same) same.checks.push(check.id)
      else shared.set(key, { ...one, checks: [check.id] })
    }
  return [...shared.values()]
}
