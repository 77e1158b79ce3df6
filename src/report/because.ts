import type { Audit } from '../model/audit.ts'
import { causeKey, type Suspect, type Unexplained } from '../model/drift.ts'
import { foldNames } from '../model/fold-names.ts'
import { oneCauseEach, severalTexts, sumOf } from './cause-groups.ts'
import { causeName, causeText, listed, partText } from './cause-words.ts'
import { evidenceTexts } from './evidence-words.ts'
import type { Problem } from './problems.ts'

/** What is suspected of a problem: what leads, each with those it is tied with, and the nodes that nothing explains. */
export interface Suspected {
  readonly leads: readonly Suspect[]
  /** The leads, those together that are one cause on several systems. */
  readonly causes: readonly (readonly [Suspect, ...Suspect[]])[]
  /** Every suspect that may be it: the leads and those tied with them. */
  readonly all: readonly Suspect[]
  readonly others: readonly Suspect[]
  /** Nodes whose failure is new and unexplained. */
  readonly open: readonly Unexplained[]
}

/** The suspects of a check that fails and did not; undefined where no failure of it is new. */
export const suspectedOf = (problem: Problem, audit: Audit): Suspected | undefined => {
  const { baseline } = audit
  if (baseline?.state !== 'compared') return undefined
  const failing = new Set(problem.nodes)
  // Where this check fails because of another one, that one's causes are told.
  const isOwn = ({ check, nodes }: Pick<Suspect, 'check' | 'nodes'>): boolean =>
    check === problem.check.id && nodes.some(node => failing.has(node))
  const own = baseline.suspects.filter(isOwn)
  const open = baseline.unexplained.filter(isOwn)
  if (own.length + open.length === 0) return undefined
  const leads = own.filter(one => one.leads)
  const tied = new Set(leads.flatMap(one => one.tied.map(causeKey)))
  return {
    leads,
    causes: oneCauseEach(leads, audit),
    all: own.filter(one => one.leads || tied.has(causeKey(one.cause))),
    others: own.filter(one => !one.leads),
    open,
  }
}

/** Why, and how sure that is. */
export const becauseSentence = ({ causes, others, open }: Suspected): string => {
  const several = causes.length + open.length > 1
  const on = (nodes: readonly string[]): string => (several ? `on ${foldNames(nodes)}: ` : '')
  return [
    ...causes.map(leads => `${on(leads.flatMap(({ nodes }) => nodes))}${leadText(leads, others)}`),
    ...open.map(one => `${on(one.nodes)}${openText(one)}`),
  ].join('; ')
}

const openText = ({ isReinstalled, itself = [], changed, uncompared }: Unexplained): string => {
  if (isReinstalled) return 'not known: the machine was installed anew'
  const unread =
    uncompared.length > 0
      ? `; not compared, as it could not be read both times: ${uncompared.join(', ')}`
      : ''
  const names = changed.slice(0, 3).map(causeName)
  const more = changed.length > 3 ? ` and ${changed.length - 3} more` : ''
  if (itself.length > 0) {
    const others =
      names.length > 0
        ? `; what else changed there (${names.join(', ')}${more}) came after it or does not bear on it`
        : ''
    return `what changed is ${listed(itself.map(partText))}; nothing that is recorded says what brought that${others}${unread}`
  }
  if (changed.length === 0)
    return `nothing that ${unread === '' ? 'is looked at' : 'could be compared'} changed there before it${unread}`
  return `unknown: what changed there (${names.join(', ')}${more}) came after it or does not bear on it${unread}`
}

const leadText = (leads: readonly [Suspect, ...Suspect[]], others: readonly Suspect[]): string => {
  const [lead] = leads
  const named = leads.length > 1 ? severalTexts(leads) : [lead.cause, ...lead.tied].map(causeText)
  const tie = named.length > 1 ? ' (they changed on the same nodes and cannot be told apart)' : ''
  const chance = Math.max(...leads.map(one => one.chance))
  // All that fail took it and no other did: too few for certainty, and nothing speaks against it.
  if (lead.basis === 'weak' && leads.every(isExact))
    return `probably ${named.join(' or ')}${tie}: ${counted(leads)}; these are few nodes, chance gives that once in ${oneIn(chance)}`
  if (lead.basis === 'weak')
    return `unknown: what changed there (${[lead, ...others]
      .slice(0, 3)
      .map(({ cause }) => causeText(cause))
      .join('; ')}) changed elsewhere too, without harm, or tells no more than chance`
  const sure =
    lead.basis === 'counts' ? `; by counting alone, chance gives that once in ${oneIn(chance)}` : ''
  const { policy, others: shown } = evidenceTexts(distinct(leads.flatMap(one => one.evidence)))
  const cause = `${named.join(' or ')}${tie}: ${counted(leads)}${sure}`
  // What the check asked and is otherwise now comes first.
  return [
    ...(policy === undefined ? [cause] : [policy, `it came with ${cause}`]),
    ...shown.slice(0, mostEvidence),
  ].join('; ')
}

const isExact = ({ table, since }: Suspect): boolean =>
  table.changedDrifted > 0 &&
  table.changedFine === 0 &&
  table.unchangedDrifted === 0 &&
  table.unchangedFine > 0 &&
  since !== undefined

const distinct = <Value>(all: readonly Value[]): readonly Value[] => [
  ...new Map(all.map(one => [JSON.stringify(one), one])).values(),
]

const mostEvidence = 3

const oneIn = (chance: number): string =>
  chance < 1e-6 ? 'more than a million times' : Math.round(1 / chance).toLocaleString('en-US')

const counted = (leads: readonly [Suspect, ...Suspect[]]): string => {
  const [{ cause, check }] = leads
  const { changedDrifted, changedFine, unchangedDrifted, unchangedFine } = sumOf(leads)
  const [took, others] = [changedDrifted + changedFine, unchangedDrifted + unchangedFine]
  const isUpdate = cause.type === 'package' && cause.from !== undefined && cause.to !== undefined
  const word = !isUpdate ? 'changed' : cause.direction === 'down' ? 'downgraded' : 'updated'
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
