import type { Audit } from '../model/audit.ts'
import type { Cause, Change, Suspect } from '../model/drift.ts'
import { foldNames } from '../model/fold-names.ts'
import { causeKey, causeName, causeText } from './cause-words.ts'
import type { Problem } from './problems.ts'

/** What is suspected of a problem: what leads, each with those it is tied with, and the nodes that nothing explains. */
export interface Suspected {
  readonly leads: readonly Suspect[]
  /** Every suspect that may be it: the leads and those tied with them. */
  readonly all: readonly Suspect[]
  readonly others: readonly Suspect[]
  /** Nodes whose failure is new and unexplained. */
  readonly open: readonly string[]
  /** What is known of changes there. */
  readonly there: string
}

/** The suspects of a check that fails and did not; undefined where no failure of it is new. */
export const suspectedOf = (problem: Problem, { baseline }: Audit): Suspected | undefined => {
  if (baseline?.state !== 'compared') return undefined
  const failing = new Set(problem.nodes)
  const fresh = baseline.changes
    .filter(
      ({ subject, change }) =>
        subject.type === 'check' &&
        subject.name === problem.check.id &&
        (change === 'regressed' || change === 'appeared'),
    )
    .flatMap(({ nodes }) => nodes.filter(node => failing.has(node)))
  if (fresh.length === 0) return undefined
  const own = baseline.suspects.filter(({ check }) => check === problem.check.id)
  const leads = own.filter(one => one.leads)
  const explained = new Set(leads.flatMap(({ nodes }) => nodes))
  const open = fresh.filter(node => !explained.has(node))
  const tied = new Set(leads.flatMap(one => one.tied.map(causeKey)))
  return {
    leads,
    all: own.filter(one => one.leads || tied.has(causeKey(one.cause))),
    others: own.filter(one => !one.leads),
    open,
    there: changedThere(open, baseline.changes),
  }
}

/** Why, and how sure that is. */
export const becauseSentence = ({ leads, others, open, there }: Suspected): string => {
  if (leads.length === 0) return there
  const several = leads.length > 1 || open.length > 0
  const told = leads.map(lead => `${several ? `on ${foldNames(lead.nodes)}: ` : ''}${leadText(lead, others)}`)
  const rest = open.length === 0 ? [] : [`on ${foldNames(open)}: ${there}`]
  return [...told, ...rest].join('; ')
}

// Nothing is said to have changed only where all that is looked at could be compared.
const changedThere = (nodes: readonly string[], changes: readonly Change[]): string => {
  const concerned = new Set(nodes)
  const there = changes.filter(change => change.nodes.some(node => concerned.has(node)))
  if (there.some(({ subject }) => subject.type === 'node' && subject.name === 're-installed'))
    return 'not known: the machine was installed anew'
  const lost = there.filter(({ subject, change }) => subject.type !== 'check' && change === 'lost')
  if (lost.length > 0)
    return `not known: ${[...new Set(lost.map(({ subject }) => subject.name))].slice(0, 3).join(', ')} could be read then and cannot be now`
  const done = there.filter(({ subject }) => causal.has(subject.type))
  if (done.length === 0) return 'nothing that is looked at changed there before it'
  const named = [
    ...new Set(done.map(({ subject: { type, name } }) => causeName({ type: type as Cause['type'], name }))),
  ]
  return `unknown: what changed there (${named.slice(0, 3).join(', ')}${named.length > 3 ? ` and ${named.length - 3} more` : ''}) came after it or does not bear on it`
}

const causal: ReadonlySet<string> = new Set([
  'package',
  'module',
  'boolean',
  'mode',
  'permissive-domain',
  'kernel',
  'runtime',
  'file',
  'component',
])

const leadText = (lead: Suspect, others: readonly Suspect[]): string => {
  if (lead.basis === 'weak')
    return `unknown: what changed there (${[lead, ...others]
      .slice(0, 3)
      .map(({ cause }) => causeText(cause))
      .join('; ')}) changed elsewhere too, without harm, or tells no more than chance`
  const named = [lead.cause, ...lead.tied].map(causeText)
  const tie = named.length > 1 ? ' (they changed on the same nodes and cannot be told apart)' : ''
  const sure =
    lead.basis === 'counts' ? `; by counting alone, chance gives that once in ${oneIn(lead.chance)}` : ''
  const shown =
    lead.evidence.length > 0 ? `; ${lead.evidence.map(one => one.replace(/;$/, '')).join('; ')}` : ''
  return `${named.join(' or ')}${tie}: ${counted(lead)}${sure}${shown}`
}

const oneIn = (chance: number): string =>
  chance < 1e-6 ? 'more than a million times' : Math.round(1 / chance).toLocaleString('en-US')

const counted = ({ table, cause, check }: Suspect): string => {
  const { changedDrifted, changedFine, unchangedDrifted, unchangedFine } = table
  const [took, others] = [changedDrifted + changedFine, unchangedDrifted + unchangedFine]
  const word = cause.type === 'package' ? 'updated' : 'changed'
  const theirs =
    took === 1
      ? `the one ${word} node fails ${check}`
      : `${changedDrifted} of ${took} ${word} nodes fail ${check}`
  if (others === 0)
    return took === 1
      ? `${theirs}; there is no other of its kind, so counting says nothing`
      : `${theirs}; all of their kind were ${word}, so counting says nothing`
  return `${theirs}, ${unchangedDrifted} of ${others} ${others === 1 ? 'other' : 'others'}`
}
